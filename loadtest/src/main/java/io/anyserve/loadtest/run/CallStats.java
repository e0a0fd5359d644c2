package io.anyserve.loadtest.run;

import io.anyserve.loadtest.LatencyRecorder;
import io.anyserve.loadtest.report.PhaseReport.Counts;
import io.anyserve.loadtest.report.PhaseReport.Latencies;
import java.util.concurrent.atomic.LongAdder;

/** Counts and times of the measured requests, of all or of one kind of callers. Thread-safe. */
final class CallStats {

  final LatencyRecorder firstToken;
  final LatencyRecorder gap;
  final LatencyRecorder perToken = new LatencyRecorder();
  final LatencyRecorder duration = new LatencyRecorder();
  final LatencyRecorder lag = new LatencyRecorder();
  final LongAdder sent = new LongAdder();
  final LongAdder finished = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder left = new LongAdder();
  final LongAdder good = new LongAdder();
  final LongAdder chunks = new LongAdder();
  final LongAdder tokens = new LongAdder();

  private CallStats(LatencyRecorder firstToken, LatencyRecorder gap) {
    this.firstToken = firstToken;
    this.gap = gap;
  }

  /** Of one kind of callers. */
  static CallStats plain() {
    return new CallStats(new LatencyRecorder(), new LatencyRecorder());
  }

  /** Of all, with the times of each window. */
  static CallStats windowed() {
    return new CallStats(LatencyRecorder.windowed(), LatencyRecorder.windowed());
  }

  /** At the end: what has not ended by now is lost. */
  Counts counts() {
    return new Counts(
        sent.sum(),
        finished.sum(),
        failed.sum(),
        left.sum(),
        sent.sum() - finished.sum() - failed.sum() - left.sum(),
        good.sum(),
        chunks.sum(),
        tokens.sum());
  }

  Latencies latencies() {
    return new Latencies(
        firstToken.latency(), gap.latency(), perToken.latency(), duration.latency(), lag.latency());
  }
}
