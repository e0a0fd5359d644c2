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

  /** Instead of an offset, where a partition is not read. */
  static final long NOT_READ = -1;

  private volatile List<Position> positions = List.of();

  /** Everything from these offsets on will be read. */
  public void begin(List<ReplyAddress> starts) {
    positions = starts.stream().map(Position::new).toList();
  }

  /** Everything before {@code offset} is read or being handed over. */
  public void reached(int partition, long offset) {
    for (Position position : positions) {
      if (position.partition == partition) {
        position.next = offset;
      }
    }
  }

  /** Where the live reader of that partition is; {@link #NOT_READ} where there is none. */
  long reached(int partition) {
    for (Position position : positions) {
      if (position.partition == partition) {
        return position.next;
      }
    }
    return NOT_READ;
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
