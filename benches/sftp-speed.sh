#!/bin/sh
# Sends a file of 1 GiB to the same OpenSSH server with `sftp` and with `redox-auth send --sftp`. The two take turns. It prints
# the median of each, the processors' time of each with its `ssh`, and the most memory that `redox-auth` used. Run it as root:
# the server must accept a password.
#
#   cargo build --release -p redox-auth-cli && benches/sftp-speed.sh target/release/redox-auth [ROUNDS]
set -eu
program=$(realpath "${1:?usage: sftp-speed.sh PROGRAM [ROUNDS]}")
rounds=${2:-5}
if [ "${SFTP_SPEED_FOLDER:-}" = "" ]; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    SFTP_SPEED_FOLDER=$folder unshare --mount --propagation private "$0" "$program" "$rounds"
    exit
fi
folder=$SFTP_SPEED_FOLDER
chmod 755 "$folder"
cd "$folder"
mkdir -p home /run/sshd
# The disk is no part of the comparison.
mount -t tmpfs -o size=3G,mode=777 tmpfs home
chmod 755 home
password=speed-of-sftp
user=redox-sftp
cp /etc/passwd passwd
echo "$user:x:64999:64999::$folder/home:/bin/sh" >> passwd
(umask 077 && echo "$user:$(openssl passwd -6 $password):20000:0:99999:7:::" > shadow)
mount --bind passwd /etc/passwd
mount --bind shadow /etc/shadow
chown 64999 home
ssh-keygen -q -N '' -t ed25519 -f host_key
ssh-keygen -q -N '' -t ed25519 -f user_key
mkdir keys
cp user_key.pub "keys/$user"
chmod 644 "keys/$user"
cat > config <<END
Port 20222
ListenAddress 127.0.0.1
HostKey $folder/host_key
PidFile none
UsePAM no
StrictModes no
AuthorizedKeysFile $folder/keys/%u
Subsystem sftp internal-sftp
END
/usr/sbin/sshd -D -f config &
server=$!
trap 'kill $server' EXIT
until ssh-keyscan -p 20222 127.0.0.1 > known_hosts 2> /dev/null && [ -s known_hosts ]; do :; done
echo $password > password
head -c 1073741824 /dev/urandom > file
pin=$(ssh-keygen -lf host_key | cut -d ' ' -f 2)
now() { date +%s%N; }
# Of the commands that have ended, in hundredths of a second.
processors() { awk '{ print $16 + $17 }' "/proc/$$/stat"; }
median() { sort -n "$1" | sed -n "$(((rounds + 1) / 2))p"; }
by_sftp() {
    echo "put file" | sftp -q -b - -P 20222 -i user_key -o UserKnownHostsFile=known_hosts "$user@127.0.0.1" > /dev/null
}
by_us() {
    "$@" "$program" send --sftp "$user@127.0.0.1:20222/~" --sftp-password-file password --host-key "$pin" file > /dev/null
}
# Runs it, and notes what it took in files of this name.
timed() {
    rm -f home/file
    start=$(now) before=$(processors)
    "by_$1"
    echo $((($(now) - start) / 1000000)) >> "$1.ms"
    echo $((($(processors) - before) * 10)) >> "$1.processors"
    cmp file home/file
}
for _ in $(seq "$rounds"); do
    timed sftp
    timed us
done
# Once more for the memory: whoever watches takes time from the processors.
rm -f home/file
by_us exec &
ours=$!
while kill -0 $ours 2> /dev/null; do
    grep VmHWM "/proc/$ours/status" 2> /dev/null >> memory || true
    sleep 0.05
done
wait $ours
echo "sftp:       $(median sftp.ms) ms, $(median sftp.processors) ms of the processors"
echo "redox-auth: $(median us.ms) ms, $(median us.processors) ms of the processors"
echo "memory:     $(awk '{ print $2 }' memory | sort -n | tail -n 1) KiB at most"
echo "speed:      $(echo "$(median sftp.ms) $(median us.ms)" | awk '{ printf "%.2f", $1 / $2 }') of that of sftp"
