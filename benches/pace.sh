#!/bin/sh
# Sends messages through nginx with Redox's limit, ten times as high: 250 requests a second, 500 at once, and 429 beyond.
# Prints for each case how much of the allowed number came through, and how many requests nginx answered with 429.
#
#   cargo build --release -p redox-auth-cli && benches/pace.sh target/release/redox-auth [MESSAGES...]
set -eu
program=$(realpath "${1:?usage: pace.sh PROGRAM [MESSAGES...]}")
shift
folder=$(mktemp -d)
trap 'kill "$server" 2> /dev/null || true; rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
"$program" key new --alg ES384 --out key.pem > jwks
message='{"Meta":{"DataModel":"PatientAdmin","EventType":"Arrival","Destinations":[{"ID":"af394f14-b34a-464f-8d24-895f370af4c9"}]}}'
configure() {
    cat > nginx.conf << END
daemon off; pid $folder/pid; worker_processes 1; error_log $folder/errors; events { worker_connections 1024; }
http {
    access_log off; log_format status '\$status \$msec \$uri'; default_type application/json;
    client_body_temp_path $folder/body; proxy_temp_path $folder/proxy;
    fastcgi_temp_path $folder/fastcgi; uwsgi_temp_path $folder/uwsgi; scgi_temp_path $folder/scgi;
    limit_req_zone \$server_port zone=redox:1m rate=$1r/s;
    upstream api { server 127.0.0.1:20282; keepalive 64; }
    server {
        listen 127.0.0.1:20281;
        location = /v2/auth/token {
            return 200 '{"access_token":"of-nobody","token_type":"Bearer","expires_in":300}';
        }
        location / {
            access_log $folder/log status;
            limit_req zone=redox burst=500 nodelay; limit_req_status 429; $2
            proxy_http_version 1.1; proxy_set_header Connection ''; proxy_pass http://api;
        }
    }
    server { listen 127.0.0.1:20282; keepalive_requests 1000000; location / { return 200 '{"Meta":{}}'; } }
}
END
}
send() {
    "$program" send "$1.ndjson" --jobs "$2" --base-url "http://127.0.0.1:20281$3" --token-url http://127.0.0.1:20281/v2/auth/token \
        --client-id of-nobody --key key.pem > "out$1$4" 2>> said
}
# What the limit allows from the first request to the last: 500 and 250 for each second.
report() {
    awk -v name="$1" -v rate="$2" '
        { if (!first) first = $2; all++ }
        $1 == 200 { ok++; last = $2 }
        $1 == 429 { refused++ }
        END { printf "%-44s %6d ok, %.3f of the allowed rate (wanted: 0.95), %.2f %% answered 429 (wanted: 2)\n",
              name, ok, ok / (501 + rate * (last - first)), 100 * refused / all }' log
}
start() {
    : > log
    : > said
    configure "$1" "$2"
    nginx -p "$folder" -c nginx.conf &
    server=$!
    until curl -s -o answer http://127.0.0.1:20282/; do :; done
}
stop() {
    kill "$server"
    wait "$server" || true
}
for messages in "${@:-3000}"; do
    for _ in $(seq "$messages"); do echo "$message"; done > "$messages.ndjson"
    for header in '' 'add_header Retry-After 1 always;'; do
        start 250 "$header"
        send "$messages" 32 '' '' || tail -n 3 said
        report "$messages messages${header:+ with Retry-After}" 250
        stop
    done
done
start 250 ''
each=600
for _ in $(seq $each); do echo "$message"; done > $each.ndjson
programs=''
for number in $(seq 10); do
    send $each 4 "/of-$number" "-$number" &
    programs="$programs $!"
done
for one in $programs; do wait "$one" || tail -n 3 said; done
report "ten programs" 250
# When the first has half of its messages through.
awk -v half=$((each / 2)) '$1 == 200 { split($3, part, "/"); n[part[2]]++; if (n[part[2]] == half) exit }
    END { least = half; for (i in n) if (n[i] < least) least = n[i]
          printf "  when the first has %d through, the last has %d: a factor of %.1f (wanted: 2)\n", half, least, half / least }' log
stop
