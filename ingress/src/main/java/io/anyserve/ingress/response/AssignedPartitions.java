package io.anyserve.ingress.response;

import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The partitions of {@code tokens} that this ingress reads live, and how far it has come in each:
 * its own, and those of other ingresses whose clients resumed here. The listener's thread writes,
 * any thread reads and asks for a partition.
 */
public final class AssignedPartitions {

  /** Instead of an offset, where a partition is not read. */
  public static final long NOT_READ = -1;

  private final Map<Integer, Position> followed = new ConcurrentHashMap<>();
  private final Map<Integer, Long> asked = new ConcurrentHashMap<>();
  private volatile List<Position> own = List.of();

  /** Its own partitions: everything from these offsets on will be read. */
  public void begin(List<ReplyTo> starts) {
    own = starts.stream().map(Position::new).toList();
  }

  /** Asks that another ingress's partition be read too, from there; once is enough. */
  public void follow(int partition, long offset) {
    if (reached(partition) == NOT_READ) {
      asked.putIfAbsent(partition, offset);
    }
  }

  /** The partitions asked for since the last time. */
  public List<ReplyTo> takeAsked() {
    List<ReplyTo> taken = new ArrayList<>();
    asked.forEach(
        (partition, offset) -> {
          if (asked.remove(partition, offset)) {
            taken.add(new ReplyTo(partition, offset));
          }
        });
    return taken;
  }

  /** Whether any was asked for. */
  public boolean isAsked() {
    return !asked.isEmpty();
  }

  /**
   * Everything before {@code offset} is read or being handed over, and everything from there on
   * will be.
   */
  public void reached(int partition, long offset) {
    for (Position position : own) {
      if (position.partition == partition) {
        position.next = offset;
        return;
      }
    }
    followed.computeIfAbsent(partition, Position::new).next = offset;
  }

  /** Another ingress's partition is read no more. */
  public void forget(int partition) {
    followed.remove(partition);
  }

  /** Where the live reader of that partition is; {@link #NOT_READ} where there is none. */
  public long reached(int partition) {
    for (Position position : own) {
      if (position.partition == partition) {
        return position.next;
      }
    }
    @Nullable Position position = followed.get(partition);
    return position == null ? NOT_READ : position.next;
  }

  /** Where the events of that new request shall go; empty while nothing is read. */
  public Optional<ReplyTo> address(RequestId request) {
    List<Position> current = own;
    if (current.isEmpty()) {
      return Optional.empty();
    }
    Position chosen = current.get(Math.floorMod(request.low(), current.size()));
    return Optional.of(new ReplyTo(chosen.partition, chosen.next));
  }

  private static final class Position {

    private final int partition;
    private volatile long next;

    Position(int partition) {
      this.partition = partition;
      this.next = NOT_READ;
    }

    Position(ReplyTo start) {
      this.partition = start.partition();
      this.next = start.fromOffset();
    }
  }
}
