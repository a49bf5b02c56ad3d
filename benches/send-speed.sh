#!/bin/sh
# Sends messages to nginx with `redox-auth send --ndjson`, with `oha` and with reqwest alone, in turn. The last two send the same
# body again and again, over as many connections. Prints the requests a second of each (median), the ratios by time and by
# processor time, and the most memory that the first used.
#
#   cargo build --release -p redox-auth-cli && cargo install oha --locked --version 1.16.0 --root target/oha
#   (cd benches/peers && cargo build --release --locked -p peer-sender)
#   benches/send-speed.sh target/release/redox-auth target/oha/bin/oha benches/peers/target/release/peer-sender [MESSAGES] [ROUNDS]
set -eu
usage="usage: send-speed.sh PROGRAM OHA PEER_SENDER [MESSAGES] [ROUNDS]"
program=$(realpath "${1:?$usage}")
oha=$(realpath "${2:?$usage}")
sender=$(realpath "${3:?$usage}")
messages=${4:-200000}
rounds=${5:-5}
jobs=32
folder=$(mktemp -d)
trap 'kill "$server" 2> /dev/null || true; rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
cat > nginx.conf << END
daemon off; pid $folder/pid; worker_processes 1; error_log $folder/errors; events { worker_connections 1024; }
http {
    access_log off; default_type application/json; keepalive_requests 1000000; client_body_buffer_size 16k;
    client_body_temp_path $folder/body; proxy_temp_path $folder/proxy;
    fastcgi_temp_path $folder/fastcgi; uwsgi_temp_path $folder/uwsgi; scgi_temp_path $folder/scgi;
    server {
        listen 127.0.0.1:20280;
        location = /v2/auth/token {
            return 200 '{"access_token":"of-nobody","token_type":"Bearer","expires_in":300}';
        }
        location / { return 200 '{"Meta":{"Logs":[{"ID":"0d2f5c1e-8c1a-4a53-9b25-6ad6d4e5a2f4"}]}}'; }
    }
}
END
nginx -p "$folder" -c nginx.conf &
server=$!
until curl -s -o answer http://127.0.0.1:20280/; do :; done
"$program" key new --alg ES384 --out key.pem > jwks
printf '%s' '{"Meta":{"DataModel":"PatientAdmin","EventType":"Arrival","Source":{"ID":"7ce6f387-c33c-417d-8682-81e83628cbd9"},' \
    '"Destinations":[{"ID":"af394f14-b34a-464f-8d24-895f370af4c9"}]},' \
    '"Patient":{"Identifiers":[{"ID":"0000000001","IDType":"MR"}],"Demographics":{"FirstName":"Timothy","LastName":"Bixby"}}}' \
    > message.json
{ cat message.json; echo; } > line
for _ in $(seq 1000); do cat line; done > thousand
for _ in $(seq $((messages / 1000))); do cat thousand; done > all.ndjson

# Runs a command; appends its milliseconds to the file of this name, and its processor time to NAME-processor.
timed() {
    name=$1
    shift
    start=$(date +%s%N)
    # The program itself, so that its processor time and its memory can be read until its end.
    "$@" > out 2> said &
    pid=$!
    while kill -0 $pid 2> /dev/null; do
        grep VmHWM "/proc/$pid/status" 2> /dev/null >> "$name-memory" || true
        awk '{ print ($14 + $15) * 10 }' "/proc/$pid/stat" 2> /dev/null > last || true
        [ -s last ] && cp last ticks
        sleep 0.02
    done
    wait $pid || { cat said; exit 1; }
    echo $((($(date +%s%N) - start) / 1000000)) >> "$name"
    cat ticks >> "$name-processor"
}
median() { sort -n "$1" | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }
for _ in $(seq "$rounds"); do
    timed ours "$program" send all.ndjson --jobs $jobs --base-url http://127.0.0.1:20280 --client-id of-nobody --key key.pem
    tail -n 1 said | grep -q " $messages ok\$" || { tail -n 3 said; exit 1; }
    timed oha "$oha" --no-tui -n "$messages" -c $jobs -m POST -T application/json -D message.json \
        -H 'authorization: Bearer of-nobody' http://127.0.0.1:20280/endpoint
    timed reqwest "$sender" http://127.0.0.1:20280/endpoint message.json "$messages" $jobs
done
rate() { awk -v messages="$messages" -v millis="$(median "$1")" 'BEGIN { printf "%.0f", messages * 1000 / millis }'; }
echo "oha:        $(rate oha) requests a second"
echo "redox-auth: $(rate ours) messages a second, $(awk '{ print $2 }' ours-memory | sort -n | tail -n 1) KiB at most"
echo "reqwest:    $(rate reqwest) requests a second"
ratios() {
    echo "$(median "$2") $(median "$1") $(median "$2-processor") $(median "$1-processor")" |
        awk -v of="$1" -v beside="$2" '{ printf "%s beside %s: %.2f by time, %.2f by processor time\n", of, beside, $1 / $2, $3 / $4 }'
}
ratios ours oha
ratios ours reqwest
ratios reqwest oha
