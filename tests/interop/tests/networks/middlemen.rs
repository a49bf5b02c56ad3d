//! Caches, balancers and proxies between the command and a server, and what the command says of them.

use core::time::Duration;

use redox_auth_interop::Program;

use crate::clinic::Clinic;

/// Varnish marks every answer with `Age`, also one that it only passes on: a clock that is wrong heals in spite of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_clock_heals_behind_varnish() {
    let clinic = Clinic::start().await;
    clinic.write(
        "default.vcl",
        &format!(
            "vcl 4.1; backend default {{ .host = \"127.0.0.1\"; .port = \"{}\"; }}",
            clinic.upstream()
        ),
    );
    let here = clinic.folder.path().display();
    let varnish = format!(
        "varnishd -F -j none -s malloc,8m -T none -a 127.0.0.1:{} -n {here}/varnish -f {here}/default.vcl",
        clinic.port
    );
    let _varnish = Program::start(&varnish, "Child launched OK");
    let url = format!("http://127.0.0.1:{}/v2/auth/token", clinic.port);
    let answer = reqwest::Client::new().post(url).send().await.unwrap();
    assert_eq!(answer.headers()["age"], "0", "what this test is about");

    clinic.run(&["token"]).assert(0, &[]);
    for ahead in [Duration::from_secs(3_600), Duration::from_secs(86_400)] {
        clinic.sandbox.clock().advance(ahead);
        let before = clinic.sandbox.counters();
        clinic.run(&["token"]).assert(0, &[]);
        let after = clinic.sandbox.counters();
        assert_eq!(after.tokens_minted - before.tokens_minted, 1, "{ahead:?}");
        assert_eq!(after.token_requests - before.token_requests, 2, "{ahead:?}");
    }
}

/// Without `login=PASSTHRU` it removes `Authorization`.
#[tokio::test(flavor = "multi_thread")]
async fn squid_as_an_accelerator_is_named_for_the_header_that_it_removes() {
    let clinic = Clinic::start().await;
    let here = clinic.folder.path().display();
    let (port, upstream) = (clinic.port, clinic.upstream());
    let config = |login: &str| {
        format!(
            "http_port 127.0.0.1:{port} accel defaultsite=127.0.0.1\npid_filename none\ncache deny all\naccess_log none\n\
             cache_log /dev/null\ncoredump_dir {here}\nvisible_hostname squid.example\n\
             cache_peer 127.0.0.1 parent {upstream} 0 no-query originserver name=sandbox {login}\nhttp_access allow all\n"
        )
    };
    clinic.write("squid.conf", &config(""));
    let command = format!("squid -N -d 1 -f {here}/squid.conf");
    let squid = Program::start(&command, "Accepting reverse-proxy HTTP Socket connections");
    clinic.run(&["token"]).assert(0, &[]);
    let refused = clinic.run(&["send", "message.json"]);
    refused.assert(
        1,
        &[
            "status 401",
            "no proxy on the way removes the header `Authorization`",
        ],
    );
    drop(squid);

    clinic.write("squid.conf", &config("login=PASSTHRU"));
    let _squid = Program::start(&command, "Accepting reverse-proxy HTTP Socket connections");
    clinic.run(&["send", "message.json"]).assert(0, &[]);
}

/// Its server does not run.
#[tokio::test(flavor = "multi_thread")]
async fn haproxy_and_caddy_without_a_server_behind_them_are_told_from_refusals() {
    let clinic = Clinic::start().await;
    let (port, upstream) = (clinic.port, clinic.upstream());
    // The API is down, and the token endpoint is not.
    clinic.write(
        "haproxy.cfg",
        &format!(
            "global\n  log stdout format raw local0 info\n\
             defaults\n  mode http\n  timeout connect 2s\n  timeout client 10s\n  timeout server 10s\n\
             frontend front\n  bind 127.0.0.1:{port}\n  use_backend token if {{ path_beg /v2/auth/ }}\n  default_backend api\n\
             backend token\n  server sandbox 127.0.0.1:{upstream}\n\
             backend api\n"
        ),
    );
    let here = clinic.folder.path().display();
    let haproxy = format!("haproxy -W -db -f {here}/haproxy.cfg");
    let haproxy = Program::start(&haproxy, "Loading success");
    let down = clinic.run(&["send", "message.json"]);
    down.assert(
        1,
        &[
            "status 503",
            "the server is busy or in maintenance; wait and try again",
        ],
    );
    drop(haproxy);

    let nowhere = redox_auth_interop::free_port();
    clinic.write(
        "Caddyfile",
        &format!(
            "{{\n admin off\n auto_https off\n storage file_system {here}/caddy\n}}\n\
             http://127.0.0.1:{port} {{\n\
             handle /v2/auth/* {{\n reverse_proxy 127.0.0.1:{upstream}\n}}\n\
             handle {{\n reverse_proxy 127.0.0.1:{nowhere}\n}}\n}}\n"
        ),
    );
    let caddy = format!(
        "env XDG_CONFIG_HOME={here} caddy run --adapter caddyfile --config {here}/Caddyfile"
    );
    let _caddy = Program::start(&caddy, "serving initial configuration");
    let down = clinic.run(&["send", "message.json"]);
    down.assert(
        1,
        &["status 502", "a gateway did not reach the server behind it"],
    );
}

/// Statuses that Apache gives by itself: a redirect, a method that is not allowed, and a rule against the client.
#[tokio::test(flavor = "multi_thread")]
async fn apache_is_asked_once_and_its_status_is_explained() {
    let clinic = Clinic::start().await;
    let here = clinic.folder.path().display();
    let (port, upstream) = (clinic.port, clinic.upstream());
    for (rule, parts) in [
        (
            "ProxyPass /endpoint !\nRedirect 308 /endpoint https://api.clinic.example/endpoint?a=secret",
            ["status 308", "https://api.clinic.example/endpoint"],
        ),
        (
            "<Location /endpoint>\nAllowMethods GET\n</Location>",
            [
                "status 405",
                "this URL does not take the method of the request",
            ],
        ),
        (
            "<Location /endpoint>\nRequire all denied\n</Location>",
            [
                "status 403",
                "the server, or a firewall before it, does not allow this",
            ],
        ),
    ] {
        clinic.write(
            "apache.conf",
            &format!(
                "ServerRoot {here}\nUser nobody\nGroup nogroup\nServerName 127.0.0.1\nListen 127.0.0.1:{port}\nPidFile {here}/apache.pid\n\
                 DefaultRuntimeDir {here}\nErrorLog /dev/stderr\nLogLevel warn mpm_event:notice core:notice\n\
                 {MODULES}CustomLog {here}/apache.log \"%m %U %>s\"\n\
                 {rule}\nProxyPass / http://127.0.0.1:{upstream}/\n"
            ),
        );
        clinic.write("apache.log", "");
        let apache = format!("apache2 -f {here}/apache.conf -D FOREGROUND");
        let _apache = Program::start(&apache, "resuming normal operations");
        let refused = clinic.run(&["send", "message.json"]);
        refused.assert(1, &parts);
        assert!(!refused.stderr.contains("a=secret"), "{refused:?}");
        let log = std::fs::read_to_string(clinic.folder.path().join("apache.log")).unwrap();
        assert_eq!(log.matches("POST /endpoint").count(), 1, "{log}");
    }
}

/// The body is longer than nginx takes, and its page is HTML.
#[tokio::test(flavor = "multi_thread")]
async fn nginx_says_that_a_body_is_too_long() {
    let clinic = Clinic::start().await;
    let (port, upstream) = (clinic.port, clinic.upstream());
    let _nginx = clinic.nginx(&format!(
        "access_log off; server {{ listen 127.0.0.1:{port};\n\
         location / {{ proxy_pass http://127.0.0.1:{upstream}; }}\n\
         location = /endpoint {{ client_max_body_size 10; proxy_pass http://127.0.0.1:{upstream}; }} }}"
    ));
    clinic.run(&["send", "message.json"]).assert(
        1,
        &[
            "status 413",
            "413 Request Entity Too Large",
            "1 MiB in nginx (`client_max_body_size`)",
        ],
    );
}

const MODULES: &str = "LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so\n\
                       LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so\n\
                       LoadModule alias_module /usr/lib/apache2/modules/mod_alias.so\n\
                       LoadModule allowmethods_module /usr/lib/apache2/modules/mod_allowmethods.so\n\
                       LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so\n\
                       LoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so\n";
