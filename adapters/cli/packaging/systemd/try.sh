#!/bin/sh
# Runs the units under systemd, in a container of systemd-nspawn on a Debian made by debootstrap. Needs root, Linux, and the
# packages debootstrap and systemd-container. Usage: try.sh REDOX_AUTH [FOLDER], where FOLDER keeps the Debian for the next time.
set -eu

command=$(realpath "$1")
units=$(dirname "$(realpath "$0")")
root=${2:-$(mktemp -d)}
machine=redox-auth-try

if [ ! -e "$root/usr/bin/systemctl" ]; then
  debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,ca-certificates,curl bookworm "$root" >/dev/null
fi
install -m 755 "$command" "$root/usr/bin/redox-auth"
install -m 644 -D "$units/redox-auth.sysusers" "$root/usr/lib/sysusers.d/redox-auth.conf"
install -m 644 "$units/redox-auth.service" "$units/redox-auth.socket" "$root/usr/lib/systemd/system/"

cat >"$root/usr/lib/systemd/system/try.service" <<'UNIT'
[Unit]
Wants=dbus.socket
After=dbus.socket basic.target
SuccessAction=poweroff-force
FailureAction=poweroff-force

[Service]
Type=oneshot
ExecStart=/bin/sh /try.sh
StandardOutput=file:/result
StandardError=inherit
TimeoutStartSec=180s

[Install]
WantedBy=multi-user.target
UNIT
mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
ln -sf /usr/lib/systemd/system/try.service "$root/etc/systemd/system/multi-user.target.wants/try.service"

cat >"$root/try.sh" <<'TRY'
set -eu
systemd-analyze verify --man=no redox-auth.service redox-auth.socket
systemd-sysusers
useradd --system --groups redox-auth-clients client 2>/dev/null || true
install -d -o root -g redox-auth -m 750 /etc/redox-auth
# A local Redox; its variables are those of its clients.
systemd-run --quiet --unit=sandbox --property=StandardOutput=file:/run/sandbox --working-directory=/run redox-auth sandbox
until grep -q REDOX_KEY_FILE /run/sandbox; do sleep 0.1; done
variable() { sed -n "s/^export $1=//p" /run/sandbox | tr -d "'\""; }
install -o redox-auth -m 400 "$(variable REDOX_KEY_FILE)" /etc/redox-auth/private-key.pem
printf 'REDOX_BASE_URL=%s\nREDOX_CLIENT_ID=%s\nREDOX_KEY_FILE=/etc/redox-auth/private-key.pem\n' \
  "$(variable REDOX_BASE_URL)" "$(variable REDOX_CLIENT_ID)" >/etc/redox-auth/environment

token() { setpriv --reuid="$1" --regid="$1" --init-groups curl -sS --unix-socket /run/redox-auth/socket http://localhost/token; }
property() { systemctl show --property="$1" --value redox-auth.service; }

systemctl start redox-auth.socket
[ "$(property ActiveState)" = inactive ]
# The first request starts the service.
token client | grep -q access_token
[ "$(property ActiveState)" = active ]
property StatusText | grep -q "The token is available"
if token nobody 2>/dev/null; then echo "everybody gets a token"; exit 1; fi

# A reload reads the key file again, and ends.
systemctl reload redox-auth.service
[ "$(property ActiveState)" = active ]
journalctl --unit=redox-auth.service --output=cat | grep -q "has not changed"

# The watchdog kills a process that hangs, and systemd starts another.
before=$(property MainPID)
kill -STOP "$before"
until [ "$(property MainPID)" != "$before" ] && [ "$(property ActiveState)" = active ]; do sleep 0.5; done
token client | grep -q access_token
[ "$(property NRestarts)" = 1 ]

systemctl stop redox-auth.service
[ "$(property Result)" = success ]
systemd-analyze security --no-pager redox-auth.service | tail -1
echo "every check passed"
TRY

rm -f "$root/result"
systemd-nspawn --quiet --register=no --keep-unit --machine="$machine" --directory="$root" --boot --console=pipe </dev/null >/dev/null 2>&1 || true
cat "$root/result"
grep -q "every check passed" "$root/result"
