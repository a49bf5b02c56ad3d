#!/bin/sh
# A site-to-site VPN between two network namespaces, as Redox's has to be: IKEv2, policy-based, a pre-shared key.
#
# It is the first process of namespaces of its own: when it ends, both sides end, and nothing is left of them. It takes
# the DH group and the path of `redox-auth`, prints `ready`, and then runs each line of standard input as a command of our
# side; with `peer` before it, of the other. After the output of each it prints `exit` and its code.
set -eu
group=$1
redox_auth=$2

mount -t tmpfs none /run
mkdir /run/netns

# Our side is 10.1.0.1, Redox's 10.153.0.1; between them is a network that routes neither.
ip netns add peer
ip link add here type veth peer name there netns peer
ip link set lo up
ip link set here up
ip addr add 192.0.2.1/24 dev here
ip addr add 10.1.0.1/32 dev lo
ip -n peer link set lo up
ip -n peer link set there up
ip -n peer addr add 192.0.2.2/24 dev there
ip -n peer addr add 10.153.0.1/32 dev lo

peer() { ip netns exec peer "$@"; }

# Encryption in user space (kernel-libipsec): it needs /dev/net/tun and no module of the kernel.
side() {
    name=$1 own=$2 other=$3 own_id=$4 other_id=$5 own_net=$6 other_net=$7
    mkdir -p "/run/$name"
    cat >"/run/$name/strongswan.conf" <<CONF
charon-systemd {
    load = random nonce aes sha1 sha2 hmac kdf gmp openssl kernel-libipsec kernel-netlink socket-default vici
    plugins { vici { socket = unix:///run/$name/vici } }
    filelog { file { path = /run/$name/log } }
}
CONF
    cat >"/run/$name/swanctl.conf" <<CONF
connections {
    redox {
        version = 2
        local_addrs = $own
        remote_addrs = $other
        proposals = aes256-sha256-$group
        local { auth = psk
            id = $own_id }
        remote { auth = psk
            id = $other_id }
        children { tunnel { local_ts = $own_net
            remote_ts = $other_net
            esp_proposals = aes256-sha256-$group } }
    }
}
secrets { ike { secret = "of two sides on one machine" } }
CONF
}
side here 192.0.2.1 192.0.2.2 clinic redox 10.1.0.0/24 10.153.0.0/16
side there 192.0.2.2 192.0.2.1 redox clinic 10.153.0.0/16 10.1.0.0/24

control() {
    name=$1
    shift
    STRONGSWAN_CONF=/run/$name/strongswan.conf swanctl "$@" --uri "unix:///run/$name/vici" 2>>"/run/$name/control"
}

STRONGSWAN_CONF=/run/here/strongswan.conf charon-systemd >/run/here/out 2>&1 &
STRONGSWAN_CONF=/run/there/strongswan.conf peer charon-systemd >/run/there/out 2>&1 &

for name in here there; do
    tries=0
    until control "$name" --stats >/dev/null; do
        tries=$((tries + 1))
        if [ "$tries" -ge 300 ]; then
            echo "strongSwan does not answer:"
            cat "/run/$name/out" "/run/$name/log" "/run/$name/control"
            exit 1
        fi
        sleep 0.1
    done
    control "$name" --load-all --file "/run/$name/swanctl.conf" >/dev/null
done

tunnel_up() { control here --initiate --child tunnel; }
tunnel_down() { control here --terminate --ike redox; }
tunnel_state() { control here --list-sas; }

# A receiver on Redox's side, until this script ends.
receiver() {
    mkfifo "/run/receiver-$1"
    exec 3<>"/run/receiver-$1"
    port=$1
    shift
    peer "$redox_auth" sandbox --mllp "10.153.0.1:$port" "$@" >&3 2>/dev/null &
    grep -q -m 1 REDOX_MLLP <&3
}

echo ready
while read -r line; do
    code=0
    eval "$line" 2>&1 </dev/null || code=$?
    echo "exit $code"
done
