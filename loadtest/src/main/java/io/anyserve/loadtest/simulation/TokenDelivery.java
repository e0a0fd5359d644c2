package io.anyserve.loadtest.simulation;

import io.anyserve.loadtest.capacity.ProcessCosts;
import io.anyserve.loadtest.capacity.ServiceCosts;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Takes what workers write to the log, to metering, a router, the ingress and the caller. The
 * chunks of a step share a record for each partition of {@code tokens}, and each ingress has one
 * partition.
 */
final class TokenDelivery implements TokenWriters {

  /** Tokens of one sequence in a record. */
  private record Piece(ModelSequence sequence, int tokens, boolean last) {}

  private final EventQueue time;
  private final ServiceCosts costs;
  private final ClusterStations stations;
  private final long hop;
  private final long detection;
  private final long commit;
  private final long grace;
  private final int coarseness;
  private final int mostInFlight;
  private final boolean results;
  private final Consumer<ModelSequence> republish;
  private final List<List<Piece>> drafts = new ArrayList<>();
  private final List<Integer> touched = new ArrayList<>();
  private final int[] inFlight;
  private long open;

  /**
   * @param results callers hear of the result alone, by a topic that a router writes
   * @param republish told of requests whose worker is gone, when a router notices
   */
  TokenDelivery(
      EventQueue time,
      ClusterModel model,
      ClusterStations stations,
      boolean results,
      Consumer<ModelSequence> republish) {
    this.time = time;
    this.costs = model.times().costs();
    this.stations = stations;
    this.hop = model.times().hop().toNanos();
    this.detection = model.times().detection().toNanos();
    this.commit = model.times().commit().toNanos();
    this.grace = model.times().grace().toNanos();
    this.coarseness = model.workers().coarseness();
    this.mostInFlight = model.processes().inFlight();
    this.results = results;
    this.republish = republish;
    this.inFlight = new int[model.processes().ingresses()];
    for (int i = 0; i < inFlight.length; i++) {
      drafts.add(new ArrayList<>());
    }
  }

  /** Whether one more request is taken; an ingress has a limit, the topic of submissions none. */
  boolean accept(int ingress) {
    if (!results && inFlight[ingress] >= mostInFlight) {
      return false;
    }
    inFlight[ingress]++;
    open++;
    return true;
  }

  /** Requests without an end. */
  long open() {
    return open;
  }

  @Override
  public void started(ModelSequence sequence) {
    write(sequence.ingress, 1, 0, () -> {});
  }

  @Override
  public void gather(ModelSequence sequence, int count) {
    List<Piece> draft = drafts.get(sequence.ingress);
    if (draft.isEmpty()) {
      touched.add(sequence.ingress);
    }
    draft.add(new Piece(sequence, count, sequence.written()));
  }

  @Override
  public void flush() {
    for (int ingress : touched) {
      List<Piece> record = List.copyOf(drafts.get(ingress));
      drafts.get(ingress).clear();
      deliver(ingress, record);
    }
    touched.clear();
  }

  /** Coarse steps have fewer records with more tokens; they cost what the exact ones would. */
  private void deliver(int ingress, List<Piece> record) {
    int chunks = 0;
    int longest = 0;
    int ends = 0;
    for (Piece piece : record) {
      chunks += piece.tokens;
      longest = Math.max(longest, piece.tokens);
      ends += piece.last ? 1 : 0;
    }
    write(
        ingress, (coarseness == 1 ? 1 : longest) + ends, chunks, () -> record.forEach(this::heard));
  }

  /**
   * Writes records; their readers take them when they are in the log.
   *
   * @param delivered when the ingress, or with results the router, has read them
   */
  private void write(int ingress, int records, int chunks, Runnable delivered) {
    long written =
        stations
            .brokerOfTokens(ingress)
            .serve(time.nanos() + hop, cost(costs.broker(), records, chunks));
    time.at(written + hop, () -> read(ingress, records, chunks, delivered));
  }

  private void read(int ingress, int records, int chunks, Runnable delivered) {
    long now = time.nanos();
    var _ = stations.metering(ingress).serve(now, cost(costs.metering(), records, chunks));
    long routed = stations.router(ingress).serve(now, cost(costs.router(), records, chunks));
    long read =
        results
            ? routed
            : stations.ingress(ingress).serve(now, cost(costs.ingress(), records, chunks));
    time.at(read + hop, delivered);
  }

  private static long cost(ProcessCosts process, int records, int chunks) {
    return ModelCluster.nanos(process.ofTokens(records, chunks));
  }

  private void heard(Piece piece) {
    ModelSequence sequence = piece.sequence;
    if (sequence.ended) {
      return;
    }
    if (results) {
      if (piece.last) {
        end(sequence);
        time.after(commit, () -> answered(sequence));
      }
      return;
    }
    sequence.firstReadAt = sequence.chunksRead == 0 ? time.nanos() : sequence.firstReadAt;
    sequence.chunksRead += piece.tokens;
    sequence.probe.chunk(piece.tokens);
    if (sequence.leaveAfter > 0 && sequence.chunksRead >= sequence.leaveAfter) {
      leave(sequence);
    } else if (piece.last) {
      end(sequence);
      long paused = sequence.firstReadAt + sequence.chunksRead * sequence.readingPause;
      time.at(paused, sequence.probe::completed);
    }
  }

  private static void answered(ModelSequence sequence) {
    sequence.probe.told(sequence.answerTokens);
    sequence.probe.completed();
  }

  /** The ingress cancels what nobody reads. */
  private void leave(ModelSequence sequence) {
    end(sequence);
    sequence.probe.left();
    time.after(
        3 * hop + grace,
        () -> {
          stations.cancellation(time.nanos());
          if (sequence.worker != null) {
            sequence.worker.cancel(sequence);
          }
        });
  }

  private void end(ModelSequence sequence) {
    sequence.ended = true;
    open--;
    inFlight[sequence.ingress]--;
  }

  @Override
  public void lost(ModelSequence sequence) {
    sequence.worker = null;
    if (!sequence.ended && !sequence.written()) {
      time.after(detection, () -> republish.accept(sequence));
    }
  }
}
