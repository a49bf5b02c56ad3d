#!/bin/sh
# A server with HTTP/2 behind a network that can fail: nginx at 10.9.0.1, and our side at 10.9.0.2.
#
# It is the first process of namespaces of its own: when it ends, both sides end, and nothing is left of them. It takes the
# path of `redox-auth` and a folder, prints `ready`, and then runs each line of standard input as a command of our side.
# After the output of each it prints `exit` and its code.
set -eu
redox_auth=$1
folder=$2

mount -t tmpfs none /run
mkdir /run/netns
ip netns add peer
ip link add here type veth peer name there netns peer
ip link set lo up
ip link set here up
ip addr add 10.9.0.2/32 dev here
ip route add 10.9.0.1 dev here src 10.9.0.2
ip -n peer link set lo up
ip -n peer link set there up
ip -n peer addr add 10.9.0.1/32 dev there
ip -n peer route add 10.9.0.0/24 dev there

cd "$folder"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -keyout server.key -out server.pem -days 2 \
    -subj /CN=redox.example -addext subjectAltName=IP:10.9.0.1 -addext basicConstraints=critical,CA:FALSE 2>/dev/null
cat >nginx.conf <<CONF
pid $folder/pid; worker_processes 1; error_log $folder/errors; events { }
http {
    log_format request '\$server_protocol \$uri \$remote_addr:\$remote_port'; access_log $folder/requests request;
    client_body_temp_path $folder/body; proxy_temp_path $folder/proxy;
    fastcgi_temp_path $folder/fastcgi; uwsgi_temp_path $folder/uwsgi; scgi_temp_path $folder/scgi;
    default_type application/json;
    server {
        listen 10.9.0.1:8443 ssl http2; ssl_certificate server.pem; ssl_certificate_key server.key;
        location = /v2/auth/token {
            return 200 '{"access_token":"of-nobody","token_type":"Bearer","expires_in":300}';
        }
        location / { return 200 '{"Meta":{"Logs":[]}}'; }
    }
}
CONF
ip netns exec peer nginx -p "$folder" -c nginx.conf
: >>requests

# Sends the messages of a file, in the background.
begin() {
    "$redox_auth" send all.ndjson --jobs 8 --rate 20 --base-url https://10.9.0.1:8443 --ca-file server.pem \
        --client-id of-nobody --key key.pem >outcomes 2>said &
    sending=$!
}
arrived() { grep -c endpoint requests || true; }
wait_for() {
    until [ "$(arrived)" -ge "$1" ]; do sleep 0.02; done
}
# After the change, packets of the old address reach nobody.
new_address() {
    ip addr add 10.9.0.3/32 dev here
    ip route replace 10.9.0.1 dev here src 10.9.0.3
    ip addr del 10.9.0.2/32 dev here
}
# A firewall that forgot the connections that are open.
forget_connections() {
    for port in $(ss -Htn dst 10.9.0.1 | awk '{ sub(/.*:/, "", $4); print $4 }'); do
        iptables -A OUTPUT -p tcp --sport "$port" -j DROP
        iptables -A INPUT -p tcp --dport "$port" -j DROP
    done
}
end() { wait "$sending"; }

echo ready
while read -r line; do
    code=0
    eval "$line" 2>&1 </dev/null || code=$?
    echo "exit $code"
done
