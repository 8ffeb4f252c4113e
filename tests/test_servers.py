"""The samples for web servers that a build writes, and the one for nginx at work in Debian's nginx."""

from __future__ import annotations

import base64
import os
import re
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from pathlib import Path

import pytest

from runbooks import servers
from tests import small

SIGNED_IN = {"Authorization": "Basic " + base64.b64encode(b"anna:night shift").decode()}
RECORD = "clients/harbour-dental.yml"


def tree(folder: Path, frame: str = "<h1>Not found</h1>") -> Path:
    """A built site of a single page."""
    folder.mkdir(parents=True)
    (folder / "404.html").write_text(frame, encoding="utf-8")
    return folder


def test_a_release_holds_the_policy_and_a_sample_for_each_server_that_names_it(tmp_path: Path):
    site = tree(tmp_path / "site")
    servers.write(site, tmp_path)
    assert sorted(small.files(site / ".server")) == ["Caddyfile", "README.txt", "apache.conf", "csp.txt", "nginx.conf"]
    policy = (site / ".server" / "csp.txt").read_text(encoding="utf-8")
    assert policy == servers.policy(site) + "\n"
    for name in ("Caddyfile", "apache.conf", "nginx.conf"):
        assert f'"{servers.policy(site)}"' in (site / ".server" / name).read_text(encoding="utf-8")


def test_the_samples_are_the_same_wherever_they_are_written(tmp_path: Path):
    for name in ("one", "two"):
        servers.write(tree(tmp_path / name), tmp_path)
    assert small.files(tmp_path / "one") == small.files(tmp_path / "two")
    assert not any(bytes(tmp_path) in content for content in small.files(tmp_path / "one").values())


def test_a_site_s_own_sample_goes_before_the_shipped_one(tmp_path: Path):
    small.add(tmp_path / "templates" / "server" / "nginx.conf", "# ours: @POLICY@\n")
    site = tree(tmp_path / "site")
    servers.write(site, tmp_path)
    assert (site / ".server" / "nginx.conf").read_text(encoding="utf-8") == f"# ours: {servers.policy(site)}\n"
    assert "runbooks.example" in (site / ".server" / "apache.conf").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["Caddyfile", "apache.conf", "nginx.conf"])
def test_every_sample_signs_in_keeps_no_page_refuses_dot_files_and_says_what_to_change(name: str):
    sample = (small.REPOSITORY / "templates" / "server" / name).read_text(encoding="utf-8")
    for words in ("Sign-in", "OpenID Connect", "private, no-cache", "immutable", r"/\.", "nosniff", "no-referrer"):
        assert words in sample, words
    for place in ("runbooks.example", "/srv/runbooks", "CHANGE"):
        assert place in sample, place


def test_only_a_policy_that_changed_is_told():
    assert servers.told("", "default-src 'none'") == ""
    assert servers.told("default-src 'none'", "default-src 'none'") == ""
    assert ".server/csp.txt" in servers.told("default-src 'none'", "default-src 'self'")


def test_a_page_that_brings_something_inline_is_told_with_a_few_examples(tmp_path: Path):
    site = tree(tmp_path / "site")
    assert servers.refusals(site) == ""
    for number in range(5):
        small.add(site / f"page-{number}.html", '<p style="color: red">x</p>')
    told = servers.refusals(site)
    assert "a style attribute: page-0.html, page-1.html, page-2.html and 2 more pages" in told


@pytest.mark.built
def test_builds_and_rollbacks_tell_of_another_policy_and_of_what_browsers_refuse(tmp_path: Path):
    root = small.green(tmp_path / "small")
    first = small.run("runbooks", "build", cwd=root)
    assert "Browsers" not in first.stderr
    assert "Refused" not in first.stderr

    small.add(root / "templates" / "theme" / "partials" / "copyright.html", "<script>start()</script>")
    small.add(root / "docs" / "notes.md", '\n<p style="color: red">Red</p>\n')
    second = small.run("runbooks", "build", cwd=root)
    assert second.returncode == 0, second.stdout + second.stderr
    assert "a style attribute: notes/index.html" in second.stderr
    assert "Browsers need another policy than before" in second.stderr
    assert "'sha256-" in servers.policy(root / "site")

    back = small.run("runbooks", "rollback", "1", cwd=root)
    assert "Browsers need another policy than before" in back.stderr
    assert "sha256" not in servers.policy(root / "site")


@dataclass
class Nginx:
    """A site of two releases behind nginx with the written sample."""

    root: Path
    port: int
    plain: int

    def get(self, path: str, **headers: str) -> HTTPResponse:
        """What nginx answers to somebody who is signed in."""
        return self.ask(path, **SIGNED_IN, **headers)

    def ask(self, path: str, **headers: str) -> HTTPResponse:
        """What nginx answers."""
        anybody = ssl.create_default_context()
        anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
        connection = HTTPSConnection("127.0.0.1", self.port, timeout=30, context=anybody)
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        answer.body = answer.read()  # type: ignore[attr-defined]
        connection.close()
        return answer

    def shown(self, path: str) -> str:
        """The text of a page for somebody who is signed in."""
        return bytes(self.get(path).body).decode("utf-8")  # type: ignore[attr-defined]


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def openssl(*arguments: str | Path) -> str:
    """What openssl prints."""
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


def adapted(sample: str, changes: dict[str, str]) -> str:
    """The sample with what it says has to be changed, and nothing else."""
    for old, new in changes.items():
        assert old in sample, old
        assert all("CHANGE" in line for line in sample.splitlines() if old in line and not line.strip().startswith("#"))
        sample = sample.replace(old, new)
    return sample


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    folder = tmp_path_factory.mktemp("nginx")
    root = small.green(folder / "small")
    site = folder / "www" / "runbooks"
    for name in ("Harbour Dental", "Harbour Dental Two"):
        small.edit(root / RECORD, "client: Harbour Dental\n", f"client: {name}\n")
        done = small.run("runbooks", "build", "--site-dir", site, cwd=root)
        assert done.returncode == 0, done.stdout + done.stderr
    key, certificate, passwords = folder / "key.pem", folder / "certificate.pem", folder / "passwords"
    openssl(
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", key, "-out", certificate
    )
    passwords.write_text(f"anna:{openssl('passwd', '-6', 'night shift')}\n", encoding="utf-8")
    port, plain = free_ports(2)
    sample = adapted(
        (site / ".server" / "nginx.conf").read_text(encoding="utf-8"),
        {
            "listen 80;": f"listen 127.0.0.1:{plain};",
            "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
            "/etc/ssl/runbooks.crt": str(certificate),
            "/etc/ssl/runbooks.key": str(key),
            "/srv/runbooks": str(site),
            "/etc/nginx/runbooks.htpasswd": str(passwords),
        },
    )
    (folder / "runbooks.conf").write_text(sample, encoding="utf-8")
    (folder / "nginx.conf").write_text(main_settings(folder), encoding="utf-8")
    program = os.environ["RUNBOOKS_NGINX"]
    process = subprocess.Popen([program, "-p", str(folder), "-c", "nginx.conf", "-e", str(folder / "error.log")])
    try:
        wait_for(port, process, folder / "error.log")
        yield Nginx(root, port, plain)
    finally:
        process.terminate()
        process.wait(timeout=30)


def main_settings(folder: Path) -> str:
    """What Debian's nginx.conf says around the sites, for a server that leaves nothing outside a folder."""
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    who = "user root;" if os.name == "posix" and os.geteuid() == 0 else ""  # what tests write only they may read
    types = "types { text/html html; text/css css; application/javascript js; application/json json; image/png png; }"
    return (
        f"{who} daemon off; pid {folder}/pid; events {{}} http {{ access_log off; {temporary} {types}"
        f" include {folder}/runbooks.conf; }}\n"
    )


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until something listens."""
    for _ in range(200):
        assert process.poll() is None, log.read_text(encoding="utf-8")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text(encoding="utf-8"))


@pytest.mark.nginx
@pytest.mark.xdist_group("nginx")
def test_nobody_sees_anything_without_signing_in(nginx: Nginx):
    wrong = {"Authorization": "Basic " + base64.b64encode(b"anna:day shift").decode()}
    for path in ("/", "/clients/", "/assets/runbooks/runbooks.css", "/search/search_index.json", "/no-such-page/"):
        assert nginx.ask(path).status == 401, path
        assert nginx.ask(path, **wrong).status == 401, path
        answer = nginx.ask(path)
        assert b"dental" not in bytes(answer.body).lower()  # type: ignore[attr-defined]
    assert nginx.get("/").status == 200


@pytest.mark.nginx
@pytest.mark.xdist_group("nginx")
def test_who_comes_without_encryption_is_sent_to_where_it_is(nginx: Nginx):
    connection = HTTPConnection("127.0.0.1", nginx.plain, timeout=30)
    connection.request("GET", "/clients/", headers={"Host": "runbooks.example"})
    answer = connection.getresponse()
    connection.close()
    assert (answer.status, answer.getheader("Location")) == (301, "https://runbooks.example/clients/")


@pytest.mark.nginx
@pytest.mark.xdist_group("nginx")
def test_every_answer_has_the_policy_of_the_release_and_says_nothing_of_the_server(nginx: Nginx):
    policy = servers.policy(nginx.root.parent / "www" / "runbooks")
    for path in ("/", "/clients/harbour-dental/", "/assets/runbooks/runbooks.js", "/no-such-page/"):
        answer = nginx.get(path)
        assert answer.getheader("Content-Security-Policy") == policy, path
        assert answer.getheader("X-Content-Type-Options") == "nosniff"
        assert answer.getheader("Referrer-Policy") == "no-referrer"
        assert answer.getheader("Server") == "nginx"
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.nginx
@pytest.mark.xdist_group("nginx")
def test_pages_are_asked_for_again_each_time_and_files_with_a_digest_in_their_name_never(nginx: Nginx):
    page = nginx.shown("/")
    digested = re.findall(r'(?:src|href)="(assets/[^"]+\.[0-9a-f]{8}\.min\.(?:js|css))"', page)
    assert digested
    for path in digested:
        assert nginx.get(f"/{path}").getheader("Cache-Control") == "private, max-age=31536000, immutable", path
    for path in ("/", "/clients/", "/assets/runbooks/runbooks.js", "/assets/runbooks/runbooks.css"):
        answer = nginx.get(path)
        assert answer.getheader("Cache-Control") == "private, no-cache", path
        assert nginx.get(path, If_None_Match=answer.getheader("ETag") or "").status == 304, path


@pytest.mark.nginx
@pytest.mark.xdist_group("nginx")
def test_the_settings_of_the_server_and_what_begins_with_a_dot_are_not_given_out(nginx: Nginx):
    for name in ("csp.txt", "nginx.conf", "apache.conf", "Caddyfile", "README.txt"):
        for path in (f"/.server/{name}", f"/%2eserver/{name}", f"/clients/../.server/{name}", f"//.server/{name}"):
            assert nginx.get(path).status in (400, 404), path
    for path in ("/.server/", "/.git/config", "/clients/.htaccess"):
        assert nginx.get(path).status == 404, path


@pytest.mark.nginx
@pytest.mark.xdist_group("nginx")
def test_a_folder_is_opened_at_its_page_and_what_is_not_there_is_said_by_a_page(nginx: Nginx):
    answer = nginx.get("/clients")
    assert (answer.status, answer.getheader("Location")) == (301, "/clients/")
    assert nginx.get("/assets/").status in (403, 404)
    assert nginx.get("/no-such-page/").status == 404
    assert "<h1" in nginx.shown("/no-such-page/")


@pytest.mark.nginx
@pytest.mark.xdist_group("nginx")
def test_after_going_back_the_older_release_is_served_and_nothing_is_restarted(nginx: Nginx):
    site = nginx.root.parent / "www" / "runbooks"
    assert "Harbour Dental Two" in nginx.shown("/clients/harbour-dental/")
    for release, shown in (("1", False), ("2", True)):
        before = nginx.get("/clients/harbour-dental/").getheader("ETag") or ""
        done = small.run("runbooks", "rollback", release, "--site-dir", site, cwd=nginx.root)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "policy" not in done.stderr.replace("policy.yml", "")
        answer = nginx.get("/clients/harbour-dental/", If_None_Match=before)
        assert answer.status == 200
        assert ("Harbour Dental Two" in nginx.shown("/clients/harbour-dental/")) is shown
