package io.anyserve.ingress.reply;

import io.anyserve.contracts.ReplyAddress;
import io.anyserve.contracts.RequestId;
import java.util.List;
import java.util.Optional;

/**
 * The partitions of {@code tokens} that this ingress reads, and how far it has come in each. The
 * listener's thread writes, any thread reads.
 */
public final class ReplyPartitions {

  private volatile List<Position> positions = List.of();

  /** Everything from these offsets on will be read. */
  public void begin(List<ReplyAddress> starts) {
    positions = starts.stream().map(Position::new).toList();
  }

  /** Everything before {@code offset} has been read. */
  public void reached(int partition, long offset) {
    for (Position position : positions) {
      if (position.partition == partition) {
        position.next = offset;
      }
    }
  }

  /** Where the events of that new request shall go; empty while nothing is read. */
  public Optional<ReplyAddress> address(RequestId request) {
    List<Position> current = positions;
    if (current.isEmpty()) {
      return Optional.empty();
    }
    Position chosen = current.get(Math.floorMod(request.low(), current.size()));
    return Optional.of(new ReplyAddress(chosen.partition, chosen.next));
  }

  private static final class Position {

    private final int partition;
    private volatile long next;

    Position(ReplyAddress start) {
      this.partition = start.partition();
      this.next = start.fromOffset();
    }
  }
}
