#!/usr/bin/env python3
"""Takes one barrier, check or bound of the feed away at a time, and says which test fails.

    python3 tests/mutants/run.py                   the whole table, tests/mutants/feed.json
    python3 tests/mutants/run.py --only "second look"
    python3 tests/mutants/run.py --list

Works on a copy of the checkout in a temporary folder and removes it; the checkout itself is only read. Exit code 1 when a mutant survives that
should not; 2 when the copy does not build or its tests fail before anything is changed.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TABLE = "tests/mutants/feed.json"
SUITES = ("DealerFlow.Tests", "DealerFlow.Conformance")
LIMIT_SECONDS = 90
# Style and documentation are not what is asked here, and a mutant may leave a variable unused.
PLAIN = ["-c", "Release", "-v", "q", "-nologo", "-p:RunAnalyzers=false", "-p:EnforceCodeStyleInBuild=false", "-p:GenerateDocumentationFile=false",
         "-p:TreatWarningsAsErrors=false", "-p:NuGetAudit=false"]


class NothingRan(Exception):
    """Tests that are to tell whether a mutant is noticed were skipped."""


class Tree:
    """A copy of the checkout, built."""

    def __init__(self, folder, suites):
        self.folder, self.suites, self.compilers = folder, suites, {}
        self.environment = dict(os.environ, DOTNET_NOLOGO="1", DOTNET_CLI_TELEMETRY_OPTOUT="1", PYTHONDONTWRITEBYTECODE="1")
        # Feeds of the copy meet no others.
        self.environment["DEALERFLOW_FEED_DIR"] = os.path.join(folder, "feeds")
        os.makedirs(self.environment["DEALERFLOW_FEED_DIR"], mode=0o700, exist_ok=True)

    def copy(self):
        """What git knows of or would take up, as it lies in the checkout now."""
        listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"], check=True, stdout=subprocess.PIPE)
        for name in sorted(set(listed.stdout.decode().split("\0")) - {""}):
            source, target = os.path.join(ROOT, name), self.path(name)
            if not os.path.isfile(source):
                continue
            os.makedirs(os.path.dirname(target), exist_ok=True)
            # With its time, and only where it differs: a folder that is used again builds what has changed.
            if not os.path.exists(target) or read(target) != read(source):
                shutil.copy2(source, target)

    def path(self, name):
        return os.path.join(self.folder, name)

    def output(self, suite):
        return self.path(f"artifacts/bin/{suite}/release")

    def build(self):
        for suite in self.suites:
            if run(["dotnet", "build", f"tests/{suite}", *PLAIN], self.folder, self.environment, None)[0] != 0:
                sys.exit(2)

    def learn(self, files):
        """What the build tells the compiler of each project, asked once, before anything is changed: the compiler alone takes a second, a build seven."""
        for project in sorted({project_of(file) for file in files if file.endswith(".cs")}):
            told = subprocess.run(["dotnet", "build", f"src/{project}", "--no-restore", "--no-dependencies", *PLAIN, "-t:Rebuild", "-p:ProvideCommandLineArgs=true",
                                   "-getItem:CscCommandLineArgs"], cwd=self.folder, env=self.environment, check=True, stdout=subprocess.PIPE)
            items = json.loads(told.stdout)["Items"]["CscCommandLineArgs"]
            words = [item["Identity"] for item in items if not item["Identity"].startswith(("/out:", "/refout:", "/noconfig", "/warnaserror"))]
            answers = self.path(f"artifacts/{project}.rsp")
            with open(answers, "w", encoding="utf-8") as out:
                out.write("\n".join(f'"{word}"' if " " in word else word for word in words))
            compiler = os.path.join(os.path.dirname(items[0]["DefiningProjectFullPath"]), "bincore", "csc.dll")
            self.compilers[project] = ["dotnet", compiler, "-shared", "-noconfig", f"-out:{self.path(f'artifacts/{project}.dll')}", "@" + answers]

    def compile(self, file):
        """The library that a file belongs to, compiled to one side; None when it does not compile. Readers in C and Python are used as they lie there."""
        project = project_of(file)
        code, said = run(self.compilers[project], self.path(f"src/{project}"), self.environment, 300, quiet=True)
        if code != 0:
            print("\n".join(sorted(set(re.findall(r"error [^\[\n]*", said)))), file=sys.stderr)
            return None
        return self.path(f"artifacts/{project}.dll")

    def put(self, library, file, suites):
        """A library where the tests load it."""
        for suite in suites:
            shutil.copy2(library, os.path.join(self.output(suite), project_of(file) + ".dll"))

    def put_back(self, file, suites):
        if file.endswith(".cs"):
            self.put(self.path(f"artifacts/bin/{project_of(file)}/release/{project_of(file)}.dll"), file, suites)

    def test(self, suite, tests, more, limit=LIMIT_SECONDS):
        """Names of the tests that failed, and a word when the run did not come to its end."""
        arguments = ["dotnet", os.path.join(self.output(suite), f"{suite}.dll"), "-automated", "-noLogo", "-parallelMode", "none", "-stopOnFail"]
        for test in tests:
            arguments += ["-method", f"{suite}.{test}" if "." in test else f"{suite}.{test}.*"]
        if any(test.endswith("The_campaign") for test in tests):
            arguments += ["-explicit", "on"]
        code, said = run(arguments, self.folder, dict(self.environment, **more), limit, quiet=True)
        names, running, failed, passed = {}, [], [], 0
        for line in said.splitlines():
            try:
                message = json.loads(line)
            except ValueError:
                continue
            kind, case = message.get("$type"), message.get("TestMethodUniqueID") or message.get("TestUniqueID")
            if kind == "test-method-starting":
                names[case] = message.get("MethodName")
            name = short(message.get("TestDisplayName", ""), suite)
            if kind == "test-starting":
                names[message["TestUniqueID"]] = name
                running.append(message["TestUniqueID"])
            elif kind in ("test-passed", "test-failed", "test-skipped"):
                if message["TestUniqueID"] in running:
                    running.remove(message["TestUniqueID"])
                name = names.get(message["TestUniqueID"], name)
                passed += kind == "test-passed"
                if kind == "test-failed":
                    failed.append(name)
        how = None
        if code is None:
            how = "never ends"
        elif code < 0 or code > 128:
            how = "ends the process by " + signal.Signals(-code if code < 0 else code - 128).name
        elif code != 0 and not failed:
            how = f"ends the process with code {code}"
        if how:
            failed += [names[test] for test in running]
        if not failed and not how and not passed:
            raise NothingRan(f"none of {', '.join(tests)} ran: they are skipped here, or not there")
        return failed, how


def run(command, folder, environment, limit, quiet=False):
    """Exit code, None when the time was over, and what was said. What it started ends with it."""
    with subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          start_new_session=True) as process:
        try:
            said = process.communicate(timeout=limit)[0]
            code = process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            said, code = process.communicate()[0], None
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    text = said.decode("utf-8", "replace")
    if code != 0 and not quiet:
        print(text, file=sys.stderr)
    return code, text


def read(path):
    with open(path, "rb") as file:
        return file.read()


def short(name, suite):
    """Class and method, without namespace and arguments."""
    return name.removeprefix(suite + ".").split("(")[0]


def project_of(file):
    return file.split("/")[1]


def suites_of(mutant):
    """The tests to run by suite: those that are to fail, or where none is, those that might. 'Class' or 'Class.Method', of the conformance suite behind
    its name and a colon."""
    suites = {}
    for test in mutant.get("killed_by") or mutant["run"]:
        suite, _, name = test.rpartition(":")
        suites.setdefault(SUITES[1] if suite == "Conformance" else SUITES[0], []).append(name)
    return suites


def told(tests):
    """Each test once, with the number of its cases."""
    return [name + (f" ({tests.count(name)} cases)" if tests.count(name) > 1 else "") for name in dict.fromkeys(tests)]


def attempt(tree, mutant):
    """Verdict and who killed it: killed, survived, unwanted."""
    path = tree.path(mutant["file"])
    with open(path, encoding="utf-8", newline="") as file:
        text = file.read()
    if text.count(mutant["text"]) != 1:
        return "unwanted", [f"its text is there {text.count(mutant['text'])} times"]
    suites = suites_of(mutant)
    try:
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text.replace(mutant["text"], mutant["becomes"]))
        if mutant["file"].endswith(".cs"):
            library = tree.compile(mutant["file"])
            if library is None:
                return "unwanted", ["it does not compile"]
            tree.put(library, mutant["file"], suites)
        failed, ends = [], []
        # Where two threads have to meet, once may not be enough.
        for _ in range(mutant.get("attempts", 1)):
            for suite, tests in suites.items():
                names, how = tree.test(suite, tests, mutant.get("environment", {}), mutant.get("limit", LIMIT_SECONDS))
                failed += names
                if how:
                    ends.append(how)
            if failed or ends:
                break
        return ("killed" if failed or ends else "survived"), told(failed) + ends
    except NothingRan as reason:
        return "unwanted", [str(reason)]
    finally:
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        tree.put_back(mutant["file"], suites)


def judge(mutant, verdict, by):
    """What is wrong with the outcome; None when it is as the table says."""
    if verdict == "unwanted":
        return by[0]
    return "survived" if verdict == "survived" and "killed_by" in mutant else None


def row(number, mutant, verdict, by, seconds):
    if verdict == "survived":
        by = [f"model: {mutant['model']}"] if "model" in mutant else [f"survives: {mutant['because']}"] if "because" in mutant else ["**survives**"]
    return f"| {number} | {mutant['name']} | {'; '.join(by)} | {seconds:.0f} |"


def main():
    options = argparse.ArgumentParser(description="Takes barriers, checks and bounds of the feed away, one at a time, and says which test fails.")
    options.add_argument("--only", metavar="TEXT", help="only mutants with this in name or file")
    options.add_argument("--list", action="store_true", help="print the mutants and run nothing")
    options.add_argument("--tree", metavar="FOLDER", help="keep the copy in this folder, and use it again")
    options = options.parse_args()
    with open(os.path.join(ROOT, TABLE), encoding="utf-8") as file:
        mutants = json.load(file)["mutants"]
    wanted = [m for m in mutants if not options.only or options.only.lower() in (m["name"] + " " + m["file"]).lower()]
    if not wanted:
        sys.exit(f"No mutant has '{options.only}' in its name or file; --list prints them.")
    if options.list:
        for mutant in wanted:
            print(f"{mutant['kind']:9} {os.path.basename(mutant['file']):22} {mutant['name']}")
        return 0
    folder = os.path.abspath(options.tree) if options.tree else tempfile.mkdtemp(prefix="dealerflow-mutants-")
    try:
        return play(Tree(folder, sorted({suite for mutant in wanted for suite in suites_of(mutant)}, reverse=True)), wanted)
    finally:
        if not options.tree:
            shutil.rmtree(folder, ignore_errors=True)


def play(tree, mutants):
    begin = time.monotonic()
    tree.copy()
    tree.build()
    tree.learn(mutant["file"] for mutant in mutants)
    for mutant in mutants:
        tree.put_back(mutant["file"], tree.suites)
    # A mutant is killed by a test that passes without it.
    for suite in tree.suites:
        tests = sorted({test for mutant in mutants for test in suites_of(mutant).get(suite, []) if not mutant.get("environment")})
        failed, how = tree.test(suite, tests, {}, 10 * LIMIT_SECONDS) if tests else ([], None)
        if failed or how:
            print(f"Without a change these fail already: {', '.join(told(failed)) or how}.", file=sys.stderr)
            return 2
    print(f"{len(mutants)} mutants; copied, built and tested once in {time.monotonic() - begin:.0f} s.", file=sys.stderr)
    print("|  | what is changed | fails | s |\n|--:|---|---|--:|", flush=True)
    killed = model = backed = survived = 0
    wrong = []
    for number, mutant in enumerate(mutants, 1):
        start = time.monotonic()
        verdict, by = attempt(tree, mutant)
        print(row(number, mutant, verdict, by, time.monotonic() - start), flush=True)
        reason = judge(mutant, verdict, by)
        if reason:
            wrong.append(f"{mutant['name']}: {reason}")
        killed += verdict == "killed"
        model += verdict == "survived" and "model" in mutant
        backed += verdict == "survived" and "because" in mutant
        survived += verdict == "survived" and "model" not in mutant and "because" not in mutant
    for sentence in wrong:
        print(f"NOT AS THE TABLE SAYS: {sentence}", file=sys.stderr)
    print(f"\n{killed} of {len(mutants)} killed at run time, {model} by the model only, {backed} backed up by another check, {survived} survived; "
          f"{(time.monotonic() - begin) / 60:.0f} minutes")
    return 1 if wrong or survived else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))     # so that the copy is removed
    sys.exit(main())
