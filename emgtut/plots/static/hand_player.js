// A player for hands: draws landmarks, knows no angles. One call for each element on a page.
(function (host, film) {
  "use strict";
  const root = host.shadowRoot || host.attachShadow({ mode: "open" });
  root.innerHTML = `<style>
    :host { display: block; max-width: ${film.hands.length > 1 ? 46 : 25}rem; color: inherit; }
    .hands { display: block; width: 100%; aspect-ratio: ${film.hands.length > 1 ? "1.5" : "0.85"};
      touch-action: pan-y; cursor: grab; }
    .row { display: flex; flex-wrap: wrap; gap: .4rem .7rem; align-items: center;
      font: .85rem/1.4 system-ui, sans-serif; margin-top: .3rem; }
    input { flex: 1 1 9rem; min-width: 6rem; accent-color: #0173b2; }
    button, select { font: inherit; color: inherit; background: transparent; cursor: pointer;
      border: 1px solid currentColor; border-radius: .35rem; padding: .15rem .55rem; }
    option { color: #222; background: #fff; }
    button { min-width: 4.4rem; }
    :is(button, select, input, .hands):focus-visible { outline: 3px solid #de8f05;
      outline-offset: 2px; }
    output { font-variant-numeric: tabular-nums; min-width: 7.5rem; }
  </style>
  <canvas class="hands" tabindex="0" role="img"></canvas>
  <div class="row" role="group" aria-label="Playback">
    <button type="button">Play</button>
    <input type="range" min="0" step="1" value="0" aria-label="Frame">
    <output></output>
    <select aria-label="Speed"><option value="0.25">¼ speed</option>
      <option value="0.5">½ speed</option><option value="1" selected>1 × speed</option>
      <option value="2">2 × speed</option></select>
    <select aria-label="View"><option value="palm">palm</option><option value="back">back</option>
      <option value="side">thumb side</option></select>
  </div>`;
  const [canvas, button, slider, clock] = ["canvas", "button", "input", "output"].map((tag) =>
    root.querySelector(tag));
  const [speed, view] = root.querySelectorAll("select");
  const pen = canvas.getContext("2d");

  // Little-endian 16-bit steps; the lowest number stands for a frame without a pose.
  const hands = film.hands.map((hand) => {
    const bytes = Uint8Array.from(atob(hand.data), (c) => c.charCodeAt(0));
    const steps = new DataView(bytes.buffer);
    const at = new Float32Array(bytes.length / 2);
    for (let k = 0; k < at.length; k++) {
      const step = steps.getInt16(2 * k, true);
      at[k] = step === -32768 ? NaN : step * film.step;
    }
    return { name: hand.name, at };
  });
  const perFrame = film.points * 3, frames = hands[0].at.length / perFrame;
  slider.max = String(frames - 1);
  let now = 0, playing = false, last = 0, turn = 0, tilt = 0;

  // Between two frames a point moves on a straight line.
  function pose(hand, when) {
    const first = Math.min(Math.floor(when), frames - 1), next = Math.min(first + 1, frames - 1);
    const share = when - first, points = [];
    for (let k = 0; k < perFrame; k += 3) {
      const p = [0, 1, 2].map((i) => {
        const a = hand.at[first * perFrame + k + i], b = hand.at[next * perFrame + k + i];
        return isNaN(b) || share < 1e-6 ? a : a + (b - a) * share;
      });
      points.push(p);
    }
    return points;
  }
  function seen([x, y, z]) {
    const c = Math.cos(turn), s = Math.sin(turn), ct = Math.cos(tilt), st = Math.sin(tilt);
    const across = x * c + z * s, near = z * c - x * s, up = y - film.middle;
    return [across, film.middle + up * ct - near * st, up * st + near * ct];
  }
  const mid = (a, b, t) => a.map((v, i) => v + (b[i] - v) * t);
  const length = (a) => Math.hypot(...a);
  const minus = (a, b) => a.map((v, i) => v - b[i]);

  function capsule(a, b, ra, rb) {
    const d = Math.hypot(b[0] - a[0], b[1] - a[1]), path = new Path2D();
    if (d <= Math.abs(ra - rb)) {
      const [c, r] = ra > rb ? [a, ra] : [b, rb];
      path.arc(c[0], c[1], r, 0, 2 * Math.PI);
    } else {
      const along = Math.atan2(b[1] - a[1], b[0] - a[0]), off = Math.acos((ra - rb) / d);
      path.arc(a[0], a[1], ra, along + off, along - off + 2 * Math.PI);
      path.arc(b[0], b[1], rb, along - off, along + off);
    }
    path.closePath();
    return path;
  }
  function hull(points) {
    const p = points.slice().sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    const half = (list) => list.reduce((h, q) => {
      while (h.length > 1 && (h.at(-1)[0] - h.at(-2)[0]) * (q[1] - h.at(-2)[1]) -
        (h.at(-1)[1] - h.at(-2)[1]) * (q[0] - h.at(-2)[0]) <= 0) h.pop();
      h.push(q);
      return h;
    }, []);
    return [...half(p).slice(0, -1), ...half(p.reverse()).slice(0, -1)];
  }
  function tint(color, share) {  // towards white for share > 0, towards black below
    const n = parseInt(color.slice(1), 16);
    return "rgb(" + [n >> 16, (n >> 8) & 255, n & 255].map((v) =>
      Math.round(share > 0 ? v + (255 - v) * share : v * (1 + share))).join() + ")";
  }

  function shapes(raw) {
    const p = raw.map(seen), list = [], [wrist, chains] = [p[film.wrist], film.chains];
    const axis = minus(raw[chains[2][1]], raw[film.wrist]), size = length(axis);
    const along = axis.map((v) => v / size);
    let across = minus(raw[chains[1][1]], raw[chains[4][1]]);
    const lean = across.reduce((sum, v, i) => sum + v * along[i], 0);
    across = across.map((v, i) => v - lean * along[i]);
    const wide = length(across), balls = [];
    for (const side of [0.12, -0.12]) for (const down of [0, -0.22]) {
      balls.push([seen(raw[film.wrist].map((v, i) =>
        v + size * (side * across[i] / wide + down * along[i]))), 0.17]);
    }
    const base = mid(wrist, p[chains[0][1]], 0.5);
    balls.push([base, 0.15], ...chains.slice(1).map((c) => [p[c[1]], 0.12]));
    const rim = balls.flatMap(([c, r]) => Array.from({ length: 24 }, (_, k) => [
      c[0] + size * r * Math.cos(k * Math.PI / 12), c[1] + size * r * Math.sin(k * Math.PI / 12)]));
    list.push({ depth: balls.reduce((sum, [c]) => sum + c[2], 0) / balls.length,
      paint: film.palm, rim: hull(rim) });
    const piece = (a, b, ra, rb, paint) => list.push({ depth: (a[2] + b[2]) / 2, paint, a, b,
      ra: size * ra, rb: size * rb });
    piece(base, p[chains[0][1]], 0.15, 0.12, film.palm);
    chains.forEach((chain, digit) => {
      const at = chain.slice(1).map((k) => p[k]), thick = film.thickness[digit];
      const radii = film.radii.slice(-at.length).map((r) => r * thick), n = at.length - 1;
      // The round end of the last piece stops at the tip; lengths are those in space.
      const bone = length(minus(raw[chain[n]], raw[chain[n + 1]]));
      at[n] = mid(at[n], at[n - 1], Math.min(size * radii[n] / bone, 0.8));
      for (let k = 0; k < n; k++) piece(at[k], at[k + 1], radii[k], radii[k + 1], film.paints[digit]);
    });
    return list.sort((a, b) => a.depth - b.depth);
  }

  function draw() {
    const ratio = window.devicePixelRatio || 1, box = canvas.getBoundingClientRect();
    if (!box.width) return;
    canvas.width = Math.round(box.width * ratio);
    canvas.height = Math.round(box.height * ratio);
    pen.scale(ratio, ratio);
    const ink = getComputedStyle(host).color, panel = box.width / hands.length;
    const scale = Math.min(panel / film.width, (box.height - 26) / film.height);
    pen.lineJoin = "round";
    const poses = hands.map((hand) => pose(hand, now));
    hands.forEach((hand, k) => {
      const x = (k + 0.5) * panel, y = 24 + (box.height - 26) / 2;
      pen.fillStyle = ink;
      pen.font = "600 14px system-ui, sans-serif";
      pen.textAlign = "center";
      pen.fillText(hand.name, x, 16);
      pen.save();
      pen.translate(x, y);
      pen.scale(scale, -scale);
      pen.translate(0, -film.middle);
      if (isNaN(poses[k][0][0])) {
        pen.scale(1, -1);
        pen.font = `${13 / scale}px system-ui, sans-serif`;
        pen.fillText("no pose", 0, -film.middle);
      } else {
        paint(shapes(poses[k]));
        // The true bones over the predicted hand.
        if (k > 0 && !isNaN(poses[0][0][0])) bones(poses[0].map(seen));
      }
      pen.restore();
    });
    const frame = Math.min(Math.round(now), frames - 1), off = film.off;
    clock.textContent = `${(now / film.rate).toFixed(2)} s` +
      (off && off[frame] !== null ? `, ${off[frame].toFixed(1)} mm off` : "");
    slider.value = String(frame);
    slider.setAttribute("aria-valuetext", clock.textContent);
  }
  function paint(list) {
    const near = list.at(-1).depth, reach = Math.max(near - list[0].depth, 80);
    for (const shape of list) {
      const pale = shape.paint === film.palm ? 0 : 0.3 * (near - shape.depth) / reach;
      let path;
      if (shape.rim) {
        path = new Path2D();
        shape.rim.forEach((q, i) => (i ? path.lineTo(...q) : path.moveTo(...q)));
        path.closePath();
        pen.fillStyle = shape.paint;
      } else {
        path = capsule(shape.a, shape.b, shape.ra, shape.rb);
        // Light from the upper left: a gradient across the piece.
        const [ax, ay] = shape.a, [dx, dy] = minus(shape.b, shape.a), d = Math.hypot(dx, dy) || 1;
        const flip = dy + dx > 0 ? 1 : -1, nx = -dy / d * shape.ra * flip;
        const ny = dx / d * shape.ra * flip;
        const light = pen.createLinearGradient(ax + nx, ay + ny, ax - nx, ay - ny);
        light.addColorStop(0, tint(shape.paint, Math.min(1, pale + 0.22)));
        light.addColorStop(0.45, tint(shape.paint, pale));
        light.addColorStop(1, tint(shape.paint, pale - 0.18));
        pen.fillStyle = light;
      }
      pen.fill(path);
      pen.lineWidth = 0.6;
      pen.strokeStyle = tint(shape.paint, -0.45);
      pen.stroke(path);
    }
  }
  function bones(p) {  // dark in a light rim: seen on the hand and on any page
    for (const [width, color] of [[2.8, "#fff"], [1.2, "#222"]]) {
      [pen.lineWidth, pen.strokeStyle] = [width, color];
      for (const chain of film.chains) {
        pen.beginPath();
        chain.slice(1).forEach((k) => pen.lineTo(p[k][0], p[k][1]));
        pen.stroke();
      }
    }
  }

  function step(time) {
    if (!playing || !host.isConnected) return;
    // The first frame may carry a time before the click that started it.
    const passed = Math.max(0, Math.min((time - last) / 1000, 0.25));
    now += passed * film.rate * Number(speed.value);
    if (now >= frames - 1) now = frames > 1 ? now % (frames - 1) : 0;
    last = time;
    draw();
    requestAnimationFrame(step);
  }
  function play(on) {
    playing = on;
    button.textContent = on ? "Pause" : "Play";
    last = performance.now();
    if (on) requestAnimationFrame(step);
  }
  function seek(frame) {
    play(false);
    now = Math.max(0, Math.min(frames - 1, Math.round(frame)));
    draw();
  }
  button.addEventListener("click", () => play(!playing));
  slider.addEventListener("input", () => seek(Number(slider.value)));
  view.addEventListener("change", () => {
    [turn, tilt] = [{ palm: 0, back: Math.PI, side: film.side }[view.value], 0];
    draw();
  });
  canvas.addEventListener("keydown", (event) => {
    const keys = { " ": () => play(!playing), ArrowRight: () => seek(now + 1),
      ArrowLeft: () => seek(now - 1), Home: () => seek(0), End: () => seek(frames - 1) };
    if (!keys[event.key]) return;
    keys[event.key]();
    event.preventDefault();
  });
  canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
  canvas.addEventListener("pointermove", (event) => {
    if (!event.buttons) return;
    turn += event.movementX / 120;
    tilt = Math.max(-1.3, Math.min(1.3, tilt - event.movementY / 160));
    draw();
  });
  canvas.setAttribute("aria-label", `${hands.map((hand) => hand.name).join(" and ")} hand, moving. ` +
    "Space plays and stops, arrow keys step, dragging turns.");
  new ResizeObserver(draw).observe(canvas);
  // A page that changes between light and dark keeps its colours ours.
  new MutationObserver(draw).observe(document.documentElement, { attributes: true });
  draw();
  if (frames > 1 && !matchMedia("(prefers-reduced-motion: reduce)").matches) play(true);
})
