"""A server of SFTP of others, for as long as standard input stays open.

Standard input, first line, JSON: {"which": "openssh" | "proftpd" | "asyncssh" | "paramiko", "password"}, and for the first two
"options": lines of configuration; for OpenSSH also "space": the size of the disk that the folder `in` is on.
Standard output, one line, JSON: {"event": "listening", "issuer", "token_url", "host_keys", "folder", "log"}: both are host and port;
host_keys are fingerprints by the kind of the key; folder is the home of the user; log is a file.

OpenSSH and ProFTPD run as root, and know a user that is in no file of this machine: OpenSSH runs where files of ours stand in place of
/etc/passwd and /etc/shadow.
"""

import asyncio
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

LOOPBACK = "127.0.0.1"
USER = "redox-sftp"
ID = 64_999


def free_port():
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


def host_key(folder, kind, *more):
    path = folder / kind
    command = ["ssh-keygen", "-q", "-N", "", "-t", kind, *more, "-f", path]
    subprocess.run(command, check=True)
    shown = subprocess.run(
        ["ssh-keygen", "-lf", path], check=True, capture_output=True, text=True
    )
    return path, shown.stdout.split()[1]


def hashed(password):
    made = subprocess.run(
        ["openssl", "passwd", "-6", "-stdin"],
        input=password,
        check=True,
        capture_output=True,
        text=True,
    )
    return made.stdout.strip()


def says_something(port):
    """A server of SSH greets whoever connects."""
    for _ in range(600):
        try:
            with socket.create_connection((LOOPBACK, port), timeout=5) as stream:
                if stream.recv(4):
                    return
        except OSError:
            pass
        time.sleep(0.05)
    sys.exit(f"nobody greets at port {port}")


def listens(port, keys, home, log):
    address = f"{LOOPBACK}:{port}"
    fingerprints = {kind: fingerprint for kind, (_, fingerprint) in keys.items()}
    members = {
        "event": "listening",
        "issuer": address,
        "token_url": address,
        "host_keys": fingerprints,
        "folder": str(home),
        "log": str(log),
    }
    print(json.dumps(members), flush=True)


def until_our_caller_is_gone():
    sys.stdin.read()


def run_program(command, port, keys, home, log):
    with log.open("w") as output:
        server = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        says_something(port)
        listens(port, keys, home, log)
        until_our_caller_is_gone()
    finally:
        server.terminate()
        server.wait()


def openssh(settings, folder, home):
    port = free_port()
    keys = {kind: host_key(folder, kind) for kind in ["ed25519", "rsa"]}
    passwd = pathlib.Path("/etc/passwd").read_text()
    passwd += f"{USER}:x:{ID}:{ID}::{home}:/bin/sh\n"
    (folder / "passwd").write_text(passwd)
    (folder / "shadow").write_text(
        f"{USER}:{hashed(settings['password'])}:20000:0:99999:7:::\n"
    )
    (folder / "shadow").chmod(0o600)
    lines = [
        f"Port {port}",
        f"ListenAddress {LOOPBACK}",
        *(f"HostKey {path}" for path, _ in keys.values()),
        f"PidFile {folder}/pid",
        "StrictModes no",
        "LogLevel VERBOSE",
        "MaxStartups 100",
        "Subsystem sftp internal-sftp",
        *settings.get("options", []),
    ]
    (folder / "sshd_config").write_text("\n".join(lines) + "\n")
    mounts = [
        f"mount --bind {folder}/passwd /etc/passwd",
        f"mount --bind {folder}/shadow /etc/shadow",
        "mkdir -p /run/sshd",
    ]
    if space := settings.get("space"):
        mounts.append(f"mount -t tmpfs -o size={space},uid={ID},mode=700 tmpfs {home}/in")
    script = " && ".join([*mounts, f"exec /usr/sbin/sshd -D -e -f {folder}/sshd_config"])
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script]
    run_program(command, port, keys, home, folder / "log")


def proftpd(settings, folder, home):
    port = free_port()
    keys = {"rsa": host_key(folder, "rsa", "-m", "PEM")}
    users = folder / "users"
    users.write_text(f"{USER}:{hashed(settings['password'])}:{ID}:{ID}::{home}:/bin/sh\n")
    users.chmod(0o600)
    lines = [
        "ModulePath /usr/lib/proftpd",
        "LoadModule mod_sftp.c",
        "ServerType standalone",
        "DefaultServer on",
        f"DefaultAddress {LOOPBACK}",
        f"Port {port}",
        "UseIPv6 off",
        "User nobody",
        "Group nogroup",
        f"PidFile {folder}/pid",
        f"ScoreboardFile {folder}/scoreboard",
        f"SystemLog {folder}/system-log",
        "WtmpLog off",
        "RequireValidShell off",
        f"AuthUserFile {users}",
        "AuthOrder mod_auth_file.c",
        "SFTPEngine on",
        f"SFTPHostKey {keys['rsa'][0]}",
        "SFTPAuthMethods password",
        f"SFTPLog {folder}/sftp-log",
        *settings.get("options", []),
    ]
    (folder / "conf").write_text("\n".join(lines) + "\n")
    command = ["proftpd", "-n", "-c", folder / "conf"]
    run_program(command, port, keys, home, folder / "log")


async def with_asyncssh(settings, folder, home):
    import asyncssh

    keys = {"ed25519": host_key(folder, "ed25519")}
    log = folder / "log"

    class Server(asyncssh.SSHServer):
        def password_auth_supported(self):
            return True

        def validate_password(self, user, password):
            with log.open("a") as output:
                output.write(f"password for {user}\n")
            return (user, password) == (USER, settings["password"])

    server = await asyncssh.listen(
        LOOPBACK,
        0,
        server_factory=Server,
        server_host_keys=[str(keys["ed25519"][0])],
        sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(home)),
    )
    listens(server.sockets[0].getsockname()[1], keys, "/", log)
    await asyncio.to_thread(until_our_caller_is_gone)


def with_paramiko(settings, folder, home):
    import paramiko

    keys = {"rsa": host_key(folder, "rsa", "-m", "PEM")}
    log = folder / "log"

    class Server(paramiko.ServerInterface):
        def check_auth_password(self, user, password):
            with log.open("a") as output:
                output.write(f"password for {user}\n")
            is_right = (user, password) == (USER, settings["password"])
            return paramiko.AUTH_SUCCESSFUL if is_right else paramiko.AUTH_FAILED

        def check_channel_request(self, kind, channel):
            return paramiko.OPEN_SUCCEEDED

        def get_allowed_auths(self, user):
            return "password"

    class Files(paramiko.SFTPServerInterface):
        """What paramiko's own example does: the calls of the operating system of the same name."""

        def real(self, path):
            return str(home) + self.canonicalize(path)

        def stat(self, path):
            return self.attributes(os.stat, path)

        def lstat(self, path):
            return self.attributes(os.lstat, path)

        def attributes(self, of, path):
            try:
                return paramiko.SFTPAttributes.from_stat(of(self.real(path)))
            except OSError as error:
                return paramiko.SFTPServer.convert_errno(error.errno)

        def open(self, path, flags, attributes):
            try:
                descriptor = os.open(self.real(path), flags, 0o666)
                mode = "rb" if flags & (os.O_WRONLY | os.O_RDWR) == 0 else "r+b"
                if flags & os.O_WRONLY:
                    mode = "wb"
                handle = paramiko.SFTPHandle(flags)
                handle.readfile = handle.writefile = os.fdopen(descriptor, mode)
                return handle
            except OSError as error:
                return paramiko.SFTPServer.convert_errno(error.errno)

        def done(self, of, *paths):
            try:
                of(*(self.real(path) for path in paths))
                return paramiko.SFTP_OK
            except OSError as error:
                return paramiko.SFTPServer.convert_errno(error.errno)

        def remove(self, path):
            return self.done(os.remove, path)

        def rename(self, old, new):
            return self.done(os.rename, old, new)

        def posix_rename(self, old, new):
            return self.done(os.replace, old, new)

    listener = socket.create_server((LOOPBACK, 0))
    transports = []

    def accept():
        while True:
            stream, _ = listener.accept()
            transport = paramiko.Transport(stream)
            transport.add_server_key(paramiko.RSAKey(filename=str(keys["rsa"][0])))
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, Files)
            transport.start_server(event=threading.Event(), server=Server())
            transports.append(transport)

    threading.Thread(target=accept, daemon=True).start()
    listens(listener.getsockname()[1], keys, "/", log)
    until_our_caller_is_gone()


def main():
    settings = json.loads(sys.stdin.readline())
    folder = pathlib.Path(tempfile.mkdtemp(prefix="redox-auth-sftp-"))
    try:
        folder.chmod(0o755)
        home = folder / "home"
        inbox = home / "in"
        inbox.mkdir(parents=True)
        for path in [home, inbox]:
            os.chown(path, ID, ID)
        (folder / "log").touch()
        match settings["which"]:
            case "openssh":
                openssh(settings, folder, home)
            case "proftpd":
                proftpd(settings, folder, home)
            case "asyncssh":
                asyncio.run(with_asyncssh(settings, folder, home))
            case "paramiko":
                with_paramiko(settings, folder, home)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
