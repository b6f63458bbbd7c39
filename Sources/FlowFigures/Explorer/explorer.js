// The explorer: fields that were computed beforehand on a lattice, drawn on a canvas. What stands in the
// table of values is the engine's own number at the nearest point of the lattice, never interpolated;
// only the picture and the particles between lattice points and frames are.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($("explorer-data").textContent);
  const { count, length } = data.window;
  const frames = data.times.length;
  const decode = (text) => {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    return new Float32Array(bytes.buffer);
  };
  for (const field of data.fields) {
    field.u = decode(field.velocity);
    field.tracks = field.tracks ? decode(field.tracks) : new Float32Array(0);
  }
  for (const field of data.fields) {
    const owner = data.fields[field.density];
    if (owner && !owner.logp) owner.logp = decode(owner.logDensity);
    field.logp = owner ? owner.logp : null;
  }

  const state = {
    field: 0, frame: Math.floor(frames / 2), i: Math.floor(count / 2), j: Math.floor(count / 2),
    kind: "marginal", given: 0, particles: [], playing: false, top: NaN, longest: 0,
  };
  const canvas = $("plane"), context = canvas.getContext("2d");
  const field = () => data.fields[state.field];
  const x = (i) => data.window.x + length * (i / (count - 1));
  const y = (j) => data.window.y + length * (j / (count - 1));
  const node = (i, j) => j * count + i;

  // The value at lattice coordinates (a, b) by cubics through four neighbours per axis, which are exact
  // for the parabolas that log densities of Gaussians are; NaN next to where there is none.
  function cubic(values, frame, width, part, a, b) {
    const weights = (s, k) => {
      const f = s - k, g = 1 - f;
      return [-0.5 * f * g * g, 1 + f * f * (1.5 * f - 2.5), 1 + g * g * (1.5 * g - 2.5),
        -0.5 * g * f * f];
    };
    const clamp = (k, low, high) => Math.min(high, Math.max(low, k));
    const i0 = clamp(Math.floor(a), 0, count - 2), j0 = clamp(Math.floor(b), 0, count - 2);
    const wx = weights(a, i0), wy = weights(b, j0);
    let sum = 0;
    for (let n = 0; n < 4; n++) {
      const j = j0 - 1 + n, jj = clamp(j, 0, count - 1);
      for (let m = 0; m < 4; m++) {
        const i = i0 - 1 + m, ii = clamp(i, 0, count - 1);
        const at = (p, q) => values[(frame * count * count + q * count + p) * width + part];
        let value = at(ii, jj);
        // Beyond the border the straight continuation.
        if (i !== ii) value = 2 * value - at(clamp(2 * ii - i, 0, count - 1), jj);
        if (j !== jj) value = 2 * value - at(ii, clamp(2 * jj - j, 0, count - 1));
        sum += wx[m] * wy[n] * value;
      }
    }
    return sum;
  }

  function velocityAt(f, time, px, py) {
    const a = ((px - data.window.x) / length) * (count - 1);
    const b = ((py - data.window.y) / length) * (count - 1);
    const k = Math.min(frames - 2, Math.max(0, Math.floor(time))), s = time - k;
    // A frame without a value at this place leaves it to its neighbour.
    const both = (part) => {
      const before = s < 1 ? cubic(f.u, k, 2, part, a, b) : NaN;
      const after = s > 0 ? cubic(f.u, k + 1, 2, part, a, b) : NaN;
      if (Number.isNaN(before)) return after;
      return Number.isNaN(after) ? before : (1 - s) * before + s * after;
    };
    return [both(0), both(1)];
  }

  // The velocity given x1: alpha' x1 + (v'/(2 v)) (x - alpha x1); null where sigma is zero.
  function conditional(f, frame, px, py) {
    const [alpha, , alphaDot, rate] = f.schedule[frame];
    if (rate === null) return null;
    const [p, q] = data.points[state.given];
    return [alphaDot * p + rate * (px - alpha * p), alphaDot * q + rate * (py - alpha * q)];
  }

  // A particle's place at every frame, from where it was put in.
  function released(px, py) {
    const f = field(), places = new Array(frames);
    places[state.frame] = [px, py];
    if (state.kind === "conditional") {
      const [alpha, sigma] = f.schedule[state.frame], x1 = data.points[state.given];
      const noise = [0, 1].map((n) => ([px, py][n] - alpha * x1[n]) / sigma);
      for (let k = 0; k < frames; k++) {
        const [a, s] = f.schedule[k];
        places[k] = sigma > 0 ? [0, 1].map((n) => a * x1[n] + s * noise[n]) : [px, py];
      }
      return { places, kind: "conditional", field: state.field };
    }
    const steps = 4;
    for (const direction of [1, -1]) {
      let p = px, q = py;
      for (let k = state.frame; k + direction >= 0 && k + direction < frames; k += direction) {
        const dt = (data.times[k + direction] - data.times[k]) / steps;
        for (let n = 0; n < steps; n++) {
          const at = k + (direction * n) / steps, h = direction / steps;
          const u1 = velocityAt(f, at, p, q);
          const u2 = velocityAt(f, at + h / 2, p + (dt / 2) * u1[0], q + (dt / 2) * u1[1]);
          const u3 = velocityAt(f, at + h / 2, p + (dt / 2) * u2[0], q + (dt / 2) * u2[1]);
          const u4 = velocityAt(f, at + h, p + dt * u3[0], q + dt * u3[1]);
          const step = [0, 1].map((c) => (dt / 6) * (u1[c] + 2 * u2[c] + 2 * u3[c] + u4[c]));
          // Where the field does not exist the particle rests.
          if (step.every(Number.isFinite)) { p += step[0]; q += step[1]; }
        }
        places[k + direction] = [p, q];
      }
    }
    return { places, kind: "marginal", field: state.field };
  }

  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const rgb = (hex) => [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));
  // The square of the plane inside the canvas, in its pixels; around it stand the axes' numbers.
  const frame = { left: 0, top: 0, side: 1, unit: 1 };
  function resize() {
    const ratio = window.devicePixelRatio || 1, width = canvas.clientWidth || 500;
    canvas.width = Math.round(width * ratio);
    frame.unit = ratio;
    frame.left = 34 * ratio;
    frame.top = 6 * ratio;
    frame.side = canvas.width - frame.left - 8 * ratio;
    canvas.height = Math.round(frame.top + frame.side + 24 * ratio);
    canvas.style.height = `${canvas.height / ratio}px`;
  }
  const sx = (px) => frame.left + ((px - data.window.x) / length) * frame.side;
  const sy = (py) => frame.top + frame.side - ((py - data.window.y) / length) * frame.side;

  const pixels = 170, buffer = document.createElement("canvas");
  buffer.width = buffer.height = pixels;
  function drawDensity(f) {
    const image = new ImageData(pixels, pixels), values = new Float64Array(pixels * pixels);
    let top = -Infinity;
    for (let row = 0; row < pixels; row++) {
      for (let column = 0; column < pixels; column++) {
        const a = ((column + 0.5) / pixels) * (count - 1);
        const b = (1 - (row + 0.5) / pixels) * (count - 1);
        const value = cubic(f.logp, state.frame, 1, 0, a, b);
        values[row * pixels + column] = value;
        if (value > top) top = value;
      }
    }
    const stops = ["--density-0", "--density-1", "--density-2"].map((name) => rgb(style(name)));
    values.forEach((value, k) => {
      const share = Number.isNaN(value) || top === -Infinity ? 0 : Math.sqrt(Math.exp(value - top));
      const [low, high] = share < 0.5 ? [stops[0], stops[1]] : [stops[1], stops[2]];
      const s = share < 0.5 ? 2 * share : 2 * share - 1;
      for (let c = 0; c < 3; c++) image.data[4 * k + c] = low[c] + s * (high[c] - low[c]);
      image.data[4 * k + 3] = 255;
    });
    state.top = Math.exp(top);
    buffer.getContext("2d").putImageData(image, 0, 0);
    context.imageSmoothingEnabled = true;
    context.drawImage(buffer, frame.left, frame.top, frame.side, frame.side);
  }

  function drawArrows(vector, colour, dashed) {
    const step = Math.max(1, Math.round(count / 22)), arrows = [];
    const first = Math.floor(((count - 1) % step) / 2);
    let longest = 0;
    for (let j = first; j < count; j += step) {
      for (let i = first; i < count; i += step) {
        const u = vector(i, j);
        if (!u || !u.every(Number.isFinite)) continue;
        arrows.push([x(i), y(j), u[0], u[1]]);
        longest = Math.max(longest, Math.hypot(u[0], u[1]));
      }
    }
    state.longest = Math.max(state.longest, longest);
    if (!(longest > 0)) return;
    const scale = ((0.95 * step * frame.side) / (count - 1)) / longest;
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = frame.side / 550;
    context.setLineDash(dashed ? [4, 3] : []);
    for (const [px, py, u, v] of arrows) {
      const [dx, dy] = [u * scale, -v * scale], size = Math.hypot(dx, dy);
      const [ax, ay] = [sx(px) - dx / 2, sy(py) - dy / 2], [bx, by] = [ax + dx, ay + dy];
      context.beginPath();
      context.moveTo(ax, ay);
      context.lineTo(bx, by);
      context.stroke();
      const head = Math.min(0.45 * size, frame.side / 90), angle = Math.atan2(dy, dx);
      context.beginPath();
      context.moveTo(bx, by);
      for (const side of [2.7, -2.7]) {
        context.lineTo(bx + head * Math.cos(angle + side), by + head * Math.sin(angle + side));
      }
      context.fill();
    }
    context.setLineDash([]);
  }

  function dot(px, py, radius, colour, ring) {
    context.beginPath();
    context.arc(sx(px), sy(py), radius * Math.max(0.75 * frame.unit, frame.side / 640), 0, 2 * Math.PI);
    context.fillStyle = colour;
    context.fill();
    if (ring) {
      context.strokeStyle = ring;
      context.lineWidth = frame.side / 640;
      context.stroke();
    }
  }

  function drawGiven(f) {
    const [alpha, sigma] = f.schedule[state.frame], [p, q] = data.points[state.given];
    const colour = style("--conditional");
    context.strokeStyle = colour;
    context.lineWidth = frame.side / 420;
    context.beginPath();
    context.arc(sx(alpha * p), sy(alpha * q), (sigma / length) * frame.side, 0, 2 * Math.PI);
    context.stroke();
    dot(p, q, 5, colour, style("--ground"));
  }

  function drawParticles() {
    if ($("samples").checked) {
      const tracks = field().tracks, n = tracks.length / (2 * frames);
      for (let k = 0; k < n; k++) {
        const at = 2 * (state.frame * n + k);
        dot(tracks[at], tracks[at + 1], 2.6, style("--sample"), style("--ring"));
      }
    }
    for (const particle of state.particles) {
      const colour = style(particle.kind === "conditional" ? "--conditional" : "--particle");
      context.strokeStyle = colour;
      context.lineWidth = frame.side / 320;
      context.beginPath();
      particle.places.forEach(([px, py], k) => {
        if (k === 0) context.moveTo(sx(px), sy(py));
        else context.lineTo(sx(px), sy(py));
      });
      context.globalAlpha = 0.45;
      context.stroke();
      context.globalAlpha = 1;
      dot(...particle.places[state.frame], 5, colour, style("--ground"));
    }
  }

  // Ticks at 1, 2 or 5 times a power of ten, about one every 80 pixels.
  function drawAxes() {
    const wanted = Math.max(2, frame.side / (80 * frame.unit));
    const power = 10 ** Math.floor(Math.log10(length / wanted));
    const step = power * [1, 2, 5, 10].find((k) => (k * power * wanted) >= length);
    context.strokeStyle = style("--quiet");
    context.fillStyle = style("--quiet");
    context.lineWidth = frame.unit;
    context.strokeRect(frame.left, frame.top, frame.side, frame.side);
    context.font = `${11 * frame.unit}px system-ui, sans-serif`;
    const text = (value) => String(Number(value.toPrecision(6))).replace("-", "\u2212");
    const low = frame.top + frame.side;
    context.beginPath();
    for (const [start, axis] of [[data.window.x, 0], [data.window.y, 1]]) {
      for (let k = Math.ceil(start / step); k * step <= start + length; k++) {
        const value = k * step, at = axis === 0 ? sx(value) : sy(value);
        if (axis === 0) {
          context.moveTo(at, low);
          context.lineTo(at, low + 4 * frame.unit);
          context.textAlign = "center";
          context.textBaseline = "top";
          context.fillText(text(value), at, low + 6 * frame.unit);
        } else {
          context.moveTo(frame.left, at);
          context.lineTo(frame.left - 4 * frame.unit, at);
          context.textAlign = "right";
          context.textBaseline = "middle";
          context.fillText(text(value), frame.left - 6 * frame.unit, at);
        }
      }
    }
    context.stroke();
  }

  const digits = (value) => {
    if (value === null || Number.isNaN(value)) return "does not exist here";
    return value === 0 ? "0" : Number(value).toPrecision(7);
  };
  const few = (value) => String(Number(value.toPrecision(3)));

  function showValues() {
    const f = field(), at = state.frame * count * count + node(state.i, state.j);
    const px = x(state.i), py = y(state.j);
    const u = [f.u[2 * at], f.u[2 * at + 1]], given = conditional(f, state.frame, px, py);
    const logp = f.logp ? f.logp[at] : null;
    const rows = {
      "value-t": String(data.times[state.frame]), "value-x": digits(px),
      "value-y": digits(py), "value-logp": f.logp ? digits(logp) : "not known",
      "value-p": f.logp ? digits(Math.exp(logp)) : "not known",
      "value-u1": digits(u[0]), "value-u2": digits(u[1]),
      "value-size": digits(Math.hypot(u[0], u[1])),
      "value-c1": given ? digits(given[0]) : "does not exist here",
      "value-c2": given ? digits(given[1]) : "does not exist here",
    };
    for (const [id, text] of Object.entries(rows)) $(id).textContent = text;
    const words = `t = ${data.times[state.frame]}`, ends = ["noise", "data"];
    const place = [0, frames - 1].indexOf(state.frame);
    $("time-text").textContent = words;
    $("time").setAttribute("aria-valuetext", place < 0 ? words : `${words}, ${ends[place]}`);
    $("density-top").textContent = Number.isFinite(state.top) ? few(state.top) : "none";
    $("arrow-length").textContent = state.longest > 0 ? few(state.longest) : "none";
    $("particle-count").textContent = String(state.particles.length);
    const noDensity = f.logp && !f.logp
      .subarray(state.frame * count * count, (state.frame + 1) * count * count)
      .some(Number.isFinite);
    $("note").textContent = noDensity
      ? "At this time p_t has no density: it is made of points." : "";
  }

  function draw() {
    const f = field();
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.save();
    context.beginPath();
    context.rect(frame.left, frame.top, frame.side, frame.side);
    context.clip();
    context.fillStyle = style("--density-0");
    context.fillRect(0, 0, canvas.width, canvas.height);
    state.top = NaN;
    state.longest = 0;
    if ($("density").checked && f.logp) drawDensity(f);
    const base = (i, j) => {
      const at = 2 * (state.frame * count * count + node(i, j));
      return [f.u[at], f.u[at + 1]];
    };
    if ($("arrows").checked && state.kind !== "conditional") drawArrows(base, style("--arrow"));
    if (state.kind !== "marginal") {
      if ($("arrows").checked) {
        drawArrows((i, j) => conditional(f, state.frame, x(i), y(j)), style("--conditional"), true);
      }
      drawGiven(f);
    }
    drawParticles();
    const [cx, cy] = [sx(x(state.i)), sy(y(state.j))], size = frame.side / 60;
    context.strokeStyle = style("--text");
    context.lineWidth = frame.side / 430;
    context.strokeRect(cx - size / 2, cy - size / 2, size, size);
    context.restore();
    drawAxes();
    showValues();
  }

  let pending = false;
  function update() {
    if (pending) return;
    pending = true;
    requestAnimationFrame(() => { pending = false; draw(); });
  }

  // The square of the plane on the screen. The canvas has a border of its own.
  function onScreen() {
    const box = canvas.getBoundingClientRect(), scale = canvas.clientWidth / canvas.width;
    const left = box.left + canvas.clientLeft, top = box.top + canvas.clientTop;
    const side = frame.side * scale;
    return { left: left + frame.left * scale, bottom: top + frame.top * scale + side, side };
  }

  function point(event) {
    const square = onScreen();
    const px = data.window.x + (length * (event.clientX - square.left)) / square.side;
    const py = data.window.y + (length * (square.bottom - event.clientY)) / square.side;
    const nearest = (value, lower) =>
      Math.min(count - 1, Math.max(0, Math.round(((value - lower) / length) * (count - 1))));
    state.i = nearest(px, data.window.x);
    state.j = nearest(py, data.window.y);
    return [px, py];
  }

  let last = 0;
  function play(now) {
    if (!state.playing) return;
    // It rests at the data before it begins again.
    if (now - last > (state.frame === frames - 1 ? 1200 : 90)) {
      last = now;
      state.frame = (state.frame + 1) % frames;
      $("time").value = state.frame;
      update();
    }
    requestAnimationFrame(play);
  }

  canvas.addEventListener("pointermove", (event) => { point(event); update(); });
  canvas.addEventListener("click", (event) => {
    state.particles.push(released(...point(event)));
    update();
  });
  canvas.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const move = moves[event.key], jump = event.shiftKey ? 5 : 1;
    if (move) {
      state.i = Math.min(count - 1, Math.max(0, state.i + jump * move[0]));
      state.j = Math.min(count - 1, Math.max(0, state.j + jump * move[1]));
    } else if (event.key === "Enter" || event.key === " ") {
      state.particles.push(released(x(state.i), y(state.j)));
    } else {
      return;
    }
    event.preventDefault();
    update();
  });
  function setPlaying(playing) {
    state.playing = playing;
    $("play").textContent = playing ? "Pause" : "Play";
    $("play").setAttribute("aria-pressed", String(playing));
    if (playing) requestAnimationFrame(play);
  }
  for (const event of ["pointerdown", "keydown"]) {
    $("time").addEventListener(event, (e) => { if (e.key !== "Tab") setPlaying(false); });
  }
  $("time").addEventListener("input", (event) => {
    state.frame = Number(event.target.value);
    update();
  });
  $("play").addEventListener("click", () => {
    setPlaying(!state.playing);
  });
  $("field").addEventListener("change", (event) => {
    state.field = Number(event.target.value);
    state.particles = [];
    update();
  });
  $("kind").addEventListener("change", (event) => { state.kind = event.target.value; update(); });
  $("given").addEventListener("change", (event) => {
    state.given = Number(event.target.value);
    update();
  });
  $("clear").addEventListener("click", () => { state.particles = []; update(); });
  for (const id of ["density", "arrows", "samples"]) $(id).addEventListener("change", update);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", update);

  // What tests ask: where the lattice and the particles are.
  window.explorer = {
    get state() { return state; },
    place: (i, j) => {
      const square = onScreen();
      return {
        x: x(i), y: y(j), clientX: square.left + (square.side * i) / (count - 1),
        clientY: square.bottom - (square.side * j) / (count - 1),
      };
    },
    count, frames, times: data.times, points: data.points,
  };
  $("time").value = state.frame;
  resize();
  draw();
  new ResizeObserver(() => { resize(); update(); }).observe(canvas);
  // Whoever asks for less motion begins it.
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) {
    state.frame = 0;
    $("time").value = 0;
    setPlaying(true);
  }
})();
