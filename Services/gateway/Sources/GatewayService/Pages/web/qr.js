// QR codes (ISO/IEC 18004, model 2): bytes in, modules out. Error correction level M, versions 1 to 20: up to 666 bytes, more
// than any link of ours has. Pure: it knows neither pages nor links.

// §7.5.1, table 9, level M: codewords of correction in each block, and blocks, by version from 1.
const correction = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26];
const blockCounts = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16];

// GF(256) with x^8 + x^4 + x^3 + x^2 + 1.
const powers = new Uint8Array(510);
const logarithms = new Uint8Array(256);
for (let exponent = 0, value = 1; exponent < 255; exponent++) {
  powers[exponent] = powers[exponent + 255] = value;
  logarithms[value] = exponent;
  value = (value << 1) ^ (value & 0x80 ? 0x11d : 0);
}
const times = (a, b) => (a && b ? powers[logarithms[a] + logarithms[b]] : 0);

/** The remainder of the data by the generator polynomial of this degree: Reed-Solomon's codewords. */
function remainder(data, degree) {
  let generator = [1];
  for (let root = 0; root < degree; root++) {
    const next = [...generator, 0];
    generator.forEach((factor, index) => { next[index + 1] ^= times(factor, powers[root]); });
    generator = next;
  }
  const rest = [...data, ...new Array(degree).fill(0)];
  for (let at = 0; at < data.length; at++) {
    const factor = rest[at];
    if (factor) generator.forEach((each, index) => { rest[at + index] ^= times(each, factor); });
  }
  return rest.slice(data.length);
}

/** How many codewords a version holds, of data and correction together. */
function capacity(version) {
  let bits = (16 * version + 128) * version + 64;
  if (version > 1) {
    const marks = Math.floor(version / 7) + 2;
    bits -= (25 * marks - 10) * marks - 55;
  }
  if (version > 6) bits -= 36;
  return Math.floor(bits / 8);
}

const dataCapacity = (version) => capacity(version) - correction[version - 1] * blockCounts[version - 1];

/** The bytes in byte mode, padded to the version's capacity (§7.4). */
function codewords(bytes, version) {
  const bits = [];
  const add = (value, count) => { for (let bit = count - 1; bit >= 0; bit--) bits.push((value >> bit) & 1); };
  add(0b0100, 4);
  add(bytes.length, version < 10 ? 8 : 16);
  for (const byte of bytes) add(byte, 8);
  const room = dataCapacity(version) * 8;
  add(0, Math.min(4, room - bits.length));
  while (bits.length % 8) bits.push(0);
  for (let pad = 0xec; bits.length < room; pad ^= 0xec ^ 0x11) add(pad, 8);
  return Array.from({ length: bits.length / 8 }, (_, index) => parseInt(bits.slice(index * 8, index * 8 + 8).join(""), 2));
}

/** Data and correction in blocks, interleaved (§7.6). */
function interleaved(data, version) {
  const [count, degree] = [blockCounts[version - 1], correction[version - 1]];
  const short = Math.floor(data.length / count);
  const longOnes = data.length % count;
  const blocks = [];
  for (let index = 0, at = 0; index < count; index++) {
    const length = short + (index >= count - longOnes ? 1 : 0);
    blocks.push(data.slice(at, at + length));
    at += length;
  }
  const checks = blocks.map((block) => remainder(block, degree));
  const result = [];
  for (let at = 0; at <= short; at++) for (const block of blocks) if (at < block.length) result.push(block[at]);
  for (let at = 0; at < degree; at++) for (const check of checks) result.push(check[at]);
  return result;
}

/** Where alignment patterns have their middles (annex E). */
function middles(version) {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const last = version * 4 + 10;
  const step = Math.ceil((last - 6) / (count - 1) / 2) * 2;
  return [6, ...Array.from({ length: count - 1 }, (_, index) => last - (count - 2 - index) * step)];
}

/** A BCH code: the value and its remainder. */
function guarded(value, polynomial, degree) {
  let rest = value << degree;
  for (let bit = 31 - Math.clz32(rest); rest && bit >= degree; bit = 31 - Math.clz32(rest)) rest ^= polynomial << (bit - degree);
  return (value << degree) | rest;
}

const masks = [
  (x, y) => (x + y) % 2, (x, y) => y % 2, (x) => x % 3, (x, y) => (x + y) % 3,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2, (x, y) => ((x * y) % 2) + ((x * y) % 3),
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2, (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2,
];

/** The patterns that are the same for every text of a version, and which modules they take. */
function ground(version) {
  const size = version * 4 + 17;
  const dark = Array.from({ length: size }, () => new Array(size).fill(false));
  const taken = Array.from({ length: size }, () => new Array(size).fill(false));
  const set = (x, y, value) => {
    if (x < 0 || y < 0 || x >= size || y >= size) return;
    dark[y][x] = value;
    taken[y][x] = true;
  };
  for (let at = 0; at < size; at++) {
    set(6, at, at % 2 === 0);
    set(at, 6, at % 2 === 0);
  }
  const square = (x, y, reach, pattern) => {
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) set(x + dx, y + dy, pattern(Math.max(Math.abs(dx), Math.abs(dy))));
    }
  };
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) square(x, y, 4, (far) => far !== 2 && far !== 4);
  const places = middles(version);
  for (const x of places) {
    for (const y of places) {
      const inCorner = (x === 6 && (y === 6 || y === size - 7)) || (y === 6 && x === size - 7);
      if (!inCorner) square(x, y, 2, (far) => far !== 1);
    }
  }
  return { size, dark, taken, set };
}

/** Format and version information (§7.9, §7.10). */
function inform({ size, set }, version, mask) {
  // Level M is 00.
  const format = guarded(mask, 0x537, 10) ^ 0x5412;
  const bit = (index) => Boolean((format >> index) & 1);
  for (let index = 0; index < 15; index++) {
    const upright = index < 6 ? index : index < 8 ? index + 1 : size - 15 + index;
    const across = index < 8 ? size - 1 - index : index === 8 ? 7 : 14 - index;
    set(8, upright, bit(index));
    set(across, 8, bit(index));
  }
  set(8, size - 8, true);
  if (version < 7) return;
  const numbers = guarded(version, 0x1f25, 12);
  for (let index = 0; index < 18; index++) {
    const [far, near] = [size - 11 + (index % 3), Math.floor(index / 3)];
    set(far, near, Boolean((numbers >> index) & 1));
    set(near, far, Boolean((numbers >> index) & 1));
  }
}

/** Lays the bits in pairs of columns, upwards and downwards in turn, from the right (§7.7.3). */
function lay({ size, dark, taken }, bytes, mask) {
  let at = 0;
  for (let right = size - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step++) {
      const y = up ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (taken[y][x]) continue;
        const value = at < bytes.length * 8 && (bytes[at >> 3] >> (7 - (at & 7))) & 1;
        dark[y][x] = Boolean(value) !== (masks[mask](x, y) === 0);
        at++;
      }
    }
  }
}

/** How hard a symbol is to read (§7.8.3): the less the better. */
function penalty({ size, dark }) {
  let result = 0;
  let count = 0;
  for (const across of [true, false]) {
    for (let line = 0; line < size; line++) {
      let text = "";
      for (let at = 0; at < size; at++) text += Number(across ? dark[line][at] : dark[at][line]);
      for (const run of text.match(/0{5,}|1{5,}/g) ?? []) result += run.length - 2;
      // Beyond the edge it is light.
      const bordered = `0000${text}0000`;
      for (const finder of ["10111010000", "00001011101"]) {
        for (let at = bordered.indexOf(finder); at >= 0; at = bordered.indexOf(finder, at + 1)) result += 40;
      }
    }
  }
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      count += dark[y][x];
      if (x && y && dark[y][x] === dark[y - 1][x] && dark[y][x] === dark[y][x - 1] && dark[y][x] === dark[y - 1][x - 1]) result += 3;
    }
  }
  return result + 10 * Math.floor(Math.abs((count * 20) / (size * size) - 10));
}

/** Rows of modules, true where dark; null for a text that is too long. */
export function modules(text) {
  const bytes = new TextEncoder().encode(text);
  let version = 1;
  while (version <= correction.length && 12 + (version < 10 ? 0 : 8) + bytes.length * 8 > dataCapacity(version) * 8) version++;
  if (version > correction.length) return null;
  const sequence = interleaved(codewords(bytes, version), version);
  const symbols = masks.map((_, mask) => {
    const symbol = ground(version);
    inform(symbol, version, mask);
    lay(symbol, sequence, mask);
    return symbol;
  });
  return symbols.reduce((best, each) => (penalty(each) < penalty(best) ? each : best)).dark;
}

/** The same as a picture with its quiet zone, dark on light in every theme: not every camera reads the reverse. */
export function picture(text, label) {
  const rows = modules(text);
  if (!rows) return null;
  const size = rows.length + 8;
  const path = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + 4} ${y + 4}h1v1h-1z` : ""))).join("");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  svg.setAttribute("class", "qr");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  svg.setAttribute("shape-rendering", "crispEdges");
  const shape = document.createElementNS(svg.namespaceURI, "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}
