"""A supervisor with small programs instead of the whole application, so that its tests take seconds.

python small_programs.py serve DATA_FOLDER PORT [WEB_PROGRAM]    the supervisor
python small_programs.py web DESCRIPTOR                          answers with its pid; /readyz asks the database
python small_programs.py worker                                  starts a child of its own, and sleeps
python small_programs.py broken DESCRIPTOR                       ends at once
python small_programs.py once                                    ends well after ONCE_S seconds, or one
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from app.operations.lifeline import follow_supervisor


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/readyz":
            # Here, so that the programs that ask no database start in an instant.
            import psycopg

            with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
                connection.execute("SELECT 1")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(os.getpid()).encode())

    def log_message(self, *_arguments: object) -> None: ...


def web(descriptor: int) -> None:
    server = HTTPServer(("127.0.0.1", 0), Answers, bind_and_activate=False)
    server.socket = socket.socket(fileno=descriptor)
    server.serve_forever()


def worker() -> None:
    # It ignores the end of its parent, as a decoder in the middle of an image does.
    subprocess.Popen(["sleep", "1000", os.environ["TRIHEDRAL_DATA"]][:2])
    time.sleep(1000)


def serve(folder: Path, port: int, web_program: str) -> None:
    from app.cli.sentences import sentence_of
    from app.operations.supervisor import ServeConfig, serve

    run = (sys.executable, __file__)
    config = ServeConfig(
        data_folder=folder,
        database_url=None,
        host="127.0.0.1",
        port=port,
        web_processes=1,
        worker_processes=1,
        web_command=(*run, web_program),
        worker_command=(*run, "worker"),
        environment=os.environ | {"TRIHEDRAL_DATA": str(folder)},
        prepare=lambda _url: (*run, "once"),
        greeting=lambda: "Welcome",
    )
    try:
        serve(config, lambda sentence: print(sentence, flush=True))
    except Exception as error:
        print(sentence_of(error), flush=True)
        sys.exit(1)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
    follow_supervisor()
    if sys.argv[1] == "web":
        web(int(sys.argv[2]))
    elif sys.argv[1] == "worker":
        worker()
    elif sys.argv[1] == "once":
        time.sleep(float(os.environ.get("ONCE_S", "1")))
    elif sys.argv[1] == "broken":
        sys.exit(3)
