"""Checks the explorer of `flowref study` in headless Chromium as its users meet it: by keyboard and pointer.

    check_page.py FLOWREF [--browser CHROMIUM] [--pictures DIR]

Makes a study, opens its page from the disk, and compares what the page says with what `flowref field` and
`flowref oracle` say. Talks the DevTools protocol over a pipe; needs nothing beyond the standard library.
"""

import argparse
import base64
import csv
import io
import json
import math
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time


class Browser:
    """Chromium and one page of it."""

    def __init__(self, program, profile):
        to_browser, from_page = os.pipe(), os.pipe()
        # The browser reads its commands from descriptor 3 and answers on 4.
        command = 'exec "$0" "$@" 3<&%d 4>&%d' % (to_browser[0], from_page[1])
        self.process = subprocess.Popen(
            ["bash", "-c", command, program, "--headless", "--no-sandbox", "--disable-gpu",
             "--remote-debugging-pipe", "--no-first-run", f"--user-data-dir={profile}"],
            pass_fds=[to_browser[0], from_page[1]],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser[0])
        os.close(from_page[1])
        self.output, self.input = to_browser[1], os.fdopen(from_page[0], "rb")
        self.buffer, self.number, self.events, self.session = b"", 0, [], None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Network", "Log"]:
            self.call(f"{domain}.enable")

    def message(self):
        while b"\0" not in self.buffer:
            part = self.input.read1(1 << 20)
            if not part:
                raise SystemExit("the browser has ended")
            self.buffer += part
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.output, json.dumps(request).encode() + b"\0")
        while True:
            answer = self.message()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise SystemExit(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def open(self, url):
        self.call("Page.navigate", url=url)
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self.events.append(self.message())

    def evaluate(self, expression):
        """The value of an expression once the page has drawn what was asked before."""
        text = f"new Promise(r => requestAnimationFrame(() => requestAnimationFrame(() => r({expression}))))"
        answer = self.call("Runtime.evaluate", expression=text, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise SystemExit(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def text(self, identifier):
        return self.evaluate(f"document.getElementById('{identifier}').textContent")

    def number_of(self, identifier):
        return float(self.text(identifier))

    def key(self, key, shift=False, text=None):
        codes = {"ArrowRight": 39, "ArrowLeft": 37, "ArrowUp": 38, "ArrowDown": 40, "Home": 36,
                 "End": 35, "Enter": 13, "Tab": 9}
        common = dict(key=key, code=key, windowsVirtualKeyCode=codes[key], modifiers=8 if shift else 0)
        if key == "Enter":
            common["text"] = "\r"
        self.call("Input.dispatchKeyEvent", type="keyDown", **common)
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def focus(self, identifier):
        """Goes to an element by Tab alone."""
        self.evaluate("document.activeElement.blur()")
        for _ in range(40):
            self.key("Tab")
            if self.evaluate("document.activeElement.id") == identifier:
                return
        raise SystemExit(f"{identifier} cannot be reached with Tab")

    def pointer(self, place, click=False):
        at = dict(x=place["clientX"], y=place["clientY"])
        self.call("Input.dispatchMouseEvent", type="mouseMoved", **at)
        if click:
            for kind in ["mousePressed", "mouseReleased"]:
                self.call("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **at)

    def picture(self, path):
        self.evaluate("0")
        data = self.call("Page.captureScreenshot", format="png")["data"]
        pathlib.Path(path).write_bytes(base64.b64decode(data))

    def close(self):
        self.session = None
        self.number += 1
        os.write(self.output, json.dumps({"id": self.number, "method": "Browser.close"}).encode() + b"\0")
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Check:
    def __init__(self, flowref, browser, pictures):
        self.flowref, self.browser, self.pictures = flowref, browser, pictures
        self.failures, self.done = [], 0

    def holds(self, claim, what):
        self.done += 1
        if not claim:
            self.failures.append(what)
            print(f"FAIL {what}", file=sys.stderr)

    def close_to(self, found, expected, what, tolerance=5.7e-7):
        """Float32 and seven digits: half a unit of each, 6e-8 and at most 5e-7."""
        scale = max(abs(expected), 1e-6)
        self.holds(abs(found - expected) <= tolerance * scale, f"{what}: {found}, the engine says {expected}")

    def field(self, data, path, quantity, t, point):
        name = "/dev/stdin"
        output = subprocess.run(
            [self.flowref, "field", "--data", data, "--path", path, "--quantity", quantity, "--t", str(t),
             "--points", name, "--values-only"],
            input=",".join(map(repr, point)) + "\n", capture_output=True, text=True, check=True).stdout
        return [float(cell) for cell in list(csv.reader(io.StringIO(output)))[1]]

    def conditional(self, path, t, x, x1):
        request = {"id": 1, "op": "conditional_velocity", "path": {"kind": path}, "t": t, "x": x, "x1": x1}
        output = subprocess.run([self.flowref, "oracle"], input=json.dumps(request) + "\n",
                                capture_output=True, text=True, check=True).stdout
        return json.loads(output.splitlines()[-1])["value"]

    def flow(self, data, path, start, t0):
        output = subprocess.run(
            [self.flowref, "flow", "--data", data, "--path", path, "--points", "/dev/stdin", "--t0", str(t0)],
            input=",".join(map(repr, start)) + "\n", capture_output=True, text=True, check=True).stdout
        row = next(csv.DictReader(io.StringIO(output)))
        return [float(row["x_1"]), float(row["x_2"])]

    def values(self, data, path):
        """The table of values against the engine at the square's place."""
        browser = self.browser
        t = browser.number_of("value-t")
        place = browser.evaluate("explorer.place(explorer.state.i, explorer.state.j)")
        point = [place["x"], place["y"]]
        here = f"{path}, t = {t}, x = {point}"
        self.close_to(browser.number_of("value-x"), point[0], f"x1 at {here}", 1e-6)
        density = self.field(data, path, "log_density", t, point)[0]
        self.close_to(browser.number_of("value-logp"), density, f"log p at {here}")
        # An error of half a unit in log p is one of |log p| units in p.
        self.close_to(browser.number_of("value-p"), math.exp(density), f"p at {here}",
                      5e-7 + 6e-8 * max(1, abs(density)))
        velocity = self.field(data, path, "velocity", t, point)
        for axis, value in enumerate(velocity):
            self.close_to(browser.number_of(f"value-u{axis + 1}"), value, f"u{axis + 1} at {here}")
        self.close_to(browser.number_of("value-size"), math.hypot(*velocity), f"|u| at {here}")
        x1 = browser.evaluate("explorer.points[explorer.state.given]")
        if t < 1:
            for axis, value in enumerate(self.conditional(path, t, point, x1)):
                self.close_to(browser.number_of(f"value-c{axis + 1}"), value, f"u{axis + 1} given x1 at {here}",
                              1e-6)
        else:
            self.holds(browser.text("value-c1") == "does not exist here", f"no conditional velocity at {here}")

    def figures(self, study):
        """No word of a figure reaches over its edge."""
        for figure in sorted(study.glob("*.svg")):
            self.browser.events.clear()
            self.browser.open(figure.as_uri())
            cut = self.browser.evaluate(
                "(() => { const svg = document.documentElement, box = svg.viewBox.baseVal, m = svg.getScreenCTM();"
                " const edge = { left: m.e, right: m.e + box.width * m.a, top: m.f, bottom: m.f + box.height * m.d };"
                " return [...document.querySelectorAll('text')].filter(t => { const r = t.getBoundingClientRect();"
                " return r.width > 0 && (r.left < edge.left - 1 || r.right > edge.right + 1 || r.top < edge.top - 1 ||"
                " r.bottom > edge.bottom + 1) }).map(t => t.textContent).join('; ') })()")
            self.holds(cut == "", f"{figure.name}: over the edge: {cut}")

    def still(self, page):
        """The page of a study without an explorer: nothing is wider than a laptop's window or a phone, and nothing runs."""
        browser = self.browser
        for scheme in ["light", "dark"]:
            browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            for width, mobile in [(1280, False), (390, True)]:
                browser.call("Emulation.setDeviceMetricsOverride", width=width, height=1400, deviceScaleFactor=1, mobile=mobile)
                browser.open(page.as_uri())
                found = browser.evaluate("document.documentElement.scrollWidth")
                self.holds(found <= width, f"the page of few steps is {found} wide on a screen of {width}")
                browser.picture(self.pictures / f"few-steps-{scheme}-{width}.png")
        self.holds(browser.evaluate("document.scripts.length") == 0, "a page without an explorer has no script")
        self.holds(browser.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 0)"), "every figure is drawn")

    def conformance(self, page):
        """The page of a validation: nothing is wider than a laptop's window or a phone, and cells lead to their cases."""
        browser = self.browser
        browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "light"}])
        for width, mobile in [(1000, False), (390, True)]:
            browser.call("Emulation.setDeviceMetricsOverride", width=width, height=1400, deviceScaleFactor=1, mobile=mobile)
            browser.events.clear()
            browser.open(page.as_uri())
            for place in ["document.documentElement", "document.querySelector('.scroll')"]:
                found = browser.evaluate(f"{place}.scrollWidth")
                self.holds(found <= width, f"{place} of the validation is {found} wide on a screen of {width}")
            browser.picture(self.pictures / f"conformance-{width}.png")
        hidden = browser.evaluate("getComputedStyle(document.querySelector('section:not(.always)')).display")
        self.holds(hidden == "none", "the cases of a cell are hidden until it is chosen")
        browser.evaluate("document.querySelector('.matrix td a').click()")
        shown = browser.evaluate("getComputedStyle(document.querySelector(':target')).display")
        self.holds(shown == "block", "a cell shows its cases")
        green = browser.evaluate("document.querySelectorAll('.none').length")
        self.holds(green > 0, "what was not judged has a colour of its own")

    def run(self, data, page):
        browser = self.browser
        browser.call("Emulation.setDeviceMetricsOverride", width=1300, height=1000, deviceScaleFactor=1,
                     mobile=False)
        browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "light"}])
        browser.open(page.as_uri())
        self.holds(page.stat().st_size < 6_000_000, f"{page} has {page.stat().st_size} bytes, 6 MB allowed")

        # The slider by keyboard.
        browser.focus("time")
        browser.key("Home")
        self.holds(browser.text("time-text") == "t = 0", "Home brings the slider to t = 0")
        self.values(data, "ot")
        browser.key("End")
        self.holds(browser.text("time-text") == "t = 1", "End brings the slider to t = 1")
        self.values(data, "ot")
        for _ in range(13):
            browser.key("ArrowLeft")
        self.holds(browser.text("time-text") == "t = 0.675", "thirteen steps of 1/40 back")

        # The pointer.
        count = browser.evaluate("explorer.count")
        for i, j in [(3, 5), (count // 3, 2 * count // 3), (count - 4, count // 2), (0, count - 1)]:
            browser.pointer(browser.evaluate(f"explorer.place({i}, {j})"))
            self.holds(browser.evaluate("[explorer.state.i, explorer.state.j]") == [i, j],
                       f"the pointer finds the lattice point {i}, {j}")
            self.values(data, "ot")
        browser.picture(self.pictures / "light.png")

        # The square by keyboard, a particle by Enter and one by a click.
        browser.focus("plane")
        before = browser.evaluate("[explorer.state.i, explorer.state.j]")
        browser.key("ArrowRight")
        browser.key("ArrowDown", shift=True)
        after = browser.evaluate("[explorer.state.i, explorer.state.j]")
        self.holds(after == [before[0] + 1, before[1] - 5], f"arrow keys: from {before} to {after}")
        browser.focus("time")
        browser.key("Home")
        for _ in range(4):
            browser.key("ArrowRight")
        t0 = browser.number_of("value-t")
        starts = [(count // 2 + 4, count // 2 + 7), (count // 2 - 6, count // 2 + 1)]
        browser.pointer(browser.evaluate(f"explorer.place({starts[0][0]}, {starts[0][1]})"), click=True)
        self.holds(browser.text("particle-count") == "1", "a click releases a particle")
        browser.evaluate(f"void ([explorer.state.i, explorer.state.j] = [{starts[1][0]}, {starts[1][1]}])")
        browser.focus("plane")
        browser.key("Enter")
        self.holds(browser.text("particle-count") == "2", "Enter releases a particle")
        for k, (i, j) in enumerate(starts):
            places = browser.evaluate(f"explorer.state.particles[{k}].places")
            start = browser.evaluate(f"explorer.place({i}, {j})")
            exact = self.flow(data, "ot", [start["x"], start["y"]], t0)
            error = math.dist(places[-1], exact)
            self.holds(error < 0.1, f"particle {k} ends at {places[-1]}, the engine's flow at {exact}")
        browser.focus("time")
        browser.key("End")
        browser.picture(self.pictures / "particles.png")

        # Conditional velocity, another data point, another path.
        browser.focus("kind")
        browser.key("ArrowDown")
        self.holds(browser.evaluate("explorer.state.kind") == "conditional", "the velocity can be chosen by keyboard")
        browser.focus("given")
        browser.key("ArrowDown")
        browser.focus("field")
        browser.key("ArrowDown")
        self.holds(browser.text("particle-count") == "0", "another path has no particles of the old one")
        browser.focus("time")
        browser.key("Home")
        for _ in range(17):
            browser.key("ArrowRight")
        browser.pointer(browser.evaluate(f"explorer.place({count // 2 + 5}, {count // 2 - 3})"))
        self.values(data, "vp")
        browser.pointer(browser.evaluate(f"explorer.place({count // 2 + 5}, {count // 2 - 3})"), click=True)
        last = browser.evaluate("explorer.state.particles[0].places.at(-1)")
        x1 = browser.evaluate("explorer.points[explorer.state.given]")
        self.holds(math.dist(last, x1) < 1e-9, "a conditional particle ends at its data point")

        # Dark, and playing.
        browser.focus("samples")
        browser.call("Input.dispatchKeyEvent", type="keyDown", key=" ", code="Space", text=" ")
        browser.call("Input.dispatchKeyEvent", type="keyUp", key=" ", code="Space")
        self.holds(not browser.evaluate("document.getElementById('samples').checked"), "Space hides the samples")
        browser.evaluate("void document.getElementById('samples').click()")
        browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
        browser.picture(self.pictures / "dark.png")
        ground = browser.evaluate("getComputedStyle(document.body).backgroundColor")
        self.holds(ground == "rgb(21, 24, 27)", f"the ground is dark in dark mode: {ground}")
        browser.focus("play")
        frame = browser.evaluate("explorer.state.frame")
        browser.key("Enter")
        time.sleep(0.6)
        self.holds(browser.evaluate("explorer.state.frame") != frame, "the time moves while playing")

        # Narrow screens scroll in one direction only.
        browser.call("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=2, mobile=True)
        width = browser.evaluate("document.documentElement.scrollWidth")
        self.holds(width <= 390, f"the page is {width} wide on a screen of 390")
        browser.picture(self.pictures / "narrow.png")

        for event in browser.events:
            if event["method"] == "Network.requestWillBeSent":
                url = event["params"]["request"]["url"]
                self.holds(url.startswith(("file:", "data:")), f"the page asks the network for {url}")
            self.holds(event["method"] not in ["Runtime.exceptionThrown", "Log.entryAdded"],
                       f"the browser complains: {event['params']}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("flowref")
    parser.add_argument("--browser")
    parser.add_argument("--pictures", type=pathlib.Path)
    options = parser.parse_args()
    names = ["chromium", "chromium-browser", "google-chrome"]
    program = options.browser or next(filter(None, map(shutil.which, names)), None)
    if program is None:
        raise SystemExit("check_page: no Chromium was found; install it (apt install chromium, or brew install "
                         "--cask chromium) or name it with --browser")
    data = "eight_gaussians"
    with tempfile.TemporaryDirectory() as scratch:
        pictures = options.pictures or pathlib.Path(scratch)
        pictures.mkdir(parents=True, exist_ok=True)
        out = pathlib.Path(scratch) / "study"
        subprocess.run([options.flowref, "study", data, "--path", "ot", "--out", str(out)], check=True)
        browser = Browser(program, f"{scratch}/profile")
        try:
            check = Check(options.flowref, browser, pictures)
            check.run(data, out / "index.html")
            check.figures(out)
            few = pathlib.Path(scratch) / "few"
            subprocess.run([options.flowref, "study", "few-steps", "--targets", data, "--samples", "16", "--out", str(few)], check=True)
            check.figures(few)
            check.still(few / "index.html")
            report = pathlib.Path(scratch) / "conformance.html"
            # With what is not judged in float32, and what a time alone cannot name.
            subprocess.run([options.flowref, "validate", "--precision", "float32", "--html", str(report), "--",
                            options.flowref, "oracle"], stdout=subprocess.DEVNULL, check=False)
            check.conformance(report)
        finally:
            browser.close()
    print(f"{check.done - len(check.failures)} of {check.done} claims about the page hold")
    sys.exit(1 if check.failures else 0)


if __name__ == "__main__":
    main()
