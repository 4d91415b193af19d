// hgrm - load a file of echoc -o hgrm into HdrHistogram's own code, and print
// what that makes of it; with the header and the footer it writes itself.
const fs = require("fs");
const hdr = require("hdr-histogram-js");

const h = hdr.build({ lowestDiscernibleValue: 1,
	highestTrackableValue: 3600e9, numberOfSignificantValueDigits: 3 });
let before = 0;
for (const line of fs.readFileSync(process.argv[2], "utf8").split("\n")) {
	// As its plotter does: what is no row of numbers is gone over.
	const m = /^\s*([0-9.]+)\s+([0-9.]+)\s+([0-9]+)/.exec(line);
	if (m === null)
		continue;
	h.recordValueWithCount(Math.round(m[1] * 1e6), m[3] - before);
	before = +m[3];
}
const own = h.outputPercentileDistribution(5, 1e6).split("\n");
console.log(JSON.stringify({ count: h.totalCount, mean: h.mean / 1e6,
	max: h.maxValue / 1e6, p50: h.getValueAtPercentile(50),
	p99: h.getValueAtPercentile(99), header: own[0],
	footer: own.filter((l) => l.startsWith("#")) }));
