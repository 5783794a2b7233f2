"""A client at work: one process, one task in, one line of JSON out."""

import json
import subprocess
import threading

# Only a hang is longer.
SECONDS = 30


class Peer:
    """A client at work in its own process."""

    def __init__(self, client, **task):
        self.client = client
        self.child = subprocess.Popen(
            [*client.command, json.dumps(client.task() | task)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        self.errors = []
        threading.Thread(target=lambda: self.errors.extend(self.child.stderr), daemon=True).start()

    def hear(self):
        """Its next line; what went wrong when there is none."""
        overdue = threading.Timer(4 * SECONDS, self.child.kill)
        overdue.start()
        try:
            for line in self.child.stdout:
                if line.startswith("{"):
                    return json.loads(line)
        finally:
            overdue.cancel()
        self.child.wait()
        return {"error": "".join(self.errors[-6:]).strip()[-600:] or f"ended with {self.child.returncode}"}

    def stop(self):
        self.child.stdin.close()
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
