package io.anyserve.loadtest.report;

import io.anyserve.loadtest.LatencyBucket;
import java.util.List;
import java.util.Locale;

/** How times are distributed, as an SVG of a page: bars, each a fifth wider than the one before. */
record HistogramChart(String title, List<LatencyBucket> buckets) {

  private static final int LABELS = 6;

  HistogramChart {
    buckets = List.copyOf(buckets);
  }

  String html() {
    long total = buckets.stream().mapToLong(LatencyBucket::count).sum();
    double highest =
        buckets.stream().mapToLong(LatencyBucket::count).max().orElse(0) * 100.0 / total;
    ChartFrame frame = ChartFrame.of(highest);
    StringBuilder svg = new StringBuilder(frame.open(title));
    frame.valueAxis(svg, value -> Texts.number(value) + " %");
    for (int i = 0; i < buckets.size(); i++) {
      bar(svg, frame, i, total);
    }
    int every = Math.max(1, buckets.size() / LABELS);
    for (int i = 0; i < buckets.size(); i += every) {
      svg.append(
          frame.tick(
              frame.x((i + 0.5) / buckets.size()), Texts.micros(rounded(buckets.get(i).to()))));
    }
    return "<figure><figcaption>%s</figcaption>%s</svg></figure>%n"
        .formatted(Texts.escaped(title), svg);
  }

  private void bar(StringBuilder svg, ChartFrame frame, int index, long total) {
    LatencyBucket bucket = buckets.get(index);
    double percent = bucket.count() * 100.0 / total;
    double left = frame.x((double) index / buckets.size());
    double right = frame.x((index + 1.0) / buckets.size());
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect class=\"f0\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>%s to %s: %s"
                + " (%s %%)</title></rect>",
            left,
            frame.y(percent),
            Math.max(0.5, right - left - 1),
            frame.y(0) - frame.y(percent),
            Texts.micros(rounded(bucket.from())),
            Texts.micros(rounded(bucket.to())),
            Texts.number(bucket.count()),
            Texts.number(percent)));
  }

  /** Three digits. */
  private static double rounded(double micros) {
    if (micros <= 0) {
      return 0;
    }
    double unit = Math.pow(10, Math.floor(Math.log10(micros)) - 1);
    return Math.rint(micros / unit) * unit;
  }
}
