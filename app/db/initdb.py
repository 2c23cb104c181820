"""Making a new cluster, and seeing that an old one can be used."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from app.db.cluster import VERSION, Cluster
from app.db.refusals import EmbeddedServerError, from_text, name_of

SUPERUSER = "postgres"
ROLE = "trihedral"


def version(cluster: Cluster) -> int | None:
    """The major version of PostgreSQL that wrote the cluster; None where there is none yet.

    Raises
    ------
    EmbeddedServerError
        If there is one, but its files are damaged.
    """
    file = cluster.data / "PG_VERSION"
    try:
        return int(file.read_bytes().split(b".")[0])
    except FileNotFoundError:
        if not cluster.data.exists():
            return None
        said = "is missing"
    except ValueError:
        said = "holds no number"
    raise EmbeddedServerError(
        f"The database in {cluster.folder} is damaged ({file} {said}): restore a backup of the data folder, or choose"
        " another with --data."
    )


def check_version(cluster: Cluster) -> bool:
    """Say whether there is a cluster, of the version that can be used.

    Raises
    ------
    EmbeddedServerError
        If another major version of PostgreSQL wrote it.
    """
    found = version(cluster)
    if found is None or found == VERSION:
        return found is not None
    do = "install a newer Trihedral" if found > VERSION else "restore a backup of it with pg_dump and pg_restore"
    raise EmbeddedServerError(
        f"The database in {cluster.folder} was written by PostgreSQL {found}, this Trihedral brings {VERSION}: {do},"
        " or choose another data folder with --data."
    )


def write_access_rules(cluster: Cluster) -> None:
    """Say who may log in: through the socket alone, the server's own account and root, as the kernel names them."""
    # Other services may run as `nobody`; whoever starts the server as root also uses it as root.
    names = sorted({name_of(0), cluster.account.name} - {"nobody"})
    lines = [f'owner "{name}" {role}' for name in names for role in (SUPERUSER, ROLE)]
    for name, text in (("hba", "local all all peer map=owner"), ("ident", "\n".join(lines))):
        file = cluster.folder / f"postgres-{name}.conf"
        unfinished = file.with_suffix(f".new-{os.getpid()}")
        unfinished.write_text(text + "\n")
        unfinished.chmod(0o644)
        unfinished.replace(file)


def create(cluster: Cluster) -> None:
    """Make the cluster with initdb, beside its place first, so that an interrupted one never counts.

    Raises
    ------
    EmbeddedServerError
        If initdb fails.
    """
    unfinished = cluster.folder / "postgres.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chown(unfinished, cluster.account.uid, cluster.account.gid)
    said = _run_initdb(cluster, unfinished)
    if said is None:
        unfinished.rename(cluster.data)
        return
    shutil.rmtree(unfinished, ignore_errors=True)
    raise from_text(said, cluster.folder) or EmbeddedServerError(
        f"No new database could be made in {cluster.folder}: {said.splitlines()[-1] if said else 'no reason given'}."
    )


def _run_initdb(cluster: Cluster, place: Path) -> str | None:
    """Run initdb as the server's account; gives what it said where it failed."""
    account, as_root = cluster.account, os.geteuid() == 0
    command = [str(cluster.programs / "initdb"), "-D", str(place), "-U", SUPERUSER, "--encoding=UTF8", "--locale=C"]
    # The builtin provider sorts by code point and never changes with the operating system's libraries.
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--auth-local=peer", "--auth-host=reject"]
    done = subprocess.run(
        command,
        env=cluster.environment,
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        user=account.uid if as_root else None,
        group=account.gid if as_root else None,
        extra_groups=[] if as_root else None,
    )
    return done.stderr.strip() if done.returncode else None
