package io.anyserve.ingress.kafka;

import io.anyserve.ingress.response.ResponseStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The passes of one consumer: one of each partition at a time, the others of that partition in
 * turns. Owned by one thread.
 */
final class ReplayScheduler {

  private final List<ReplayCursor> all = new ArrayList<>();

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** The reader goes along with a pass that is near, or on one of its own. */
  void add(ResponseStream stream, long from) {
    nearest(stream.partition(), from).join(stream);
  }

  /**
   * A pass a little before that place, else one a little after it that waits for its turn and can
   * begin earlier, else a new one.
   */
  private ReplayCursor nearest(int partition, long from) {
    for (ReplayCursor pass : all) {
      if (pass.suits(partition, from)) {
        return pass;
      }
    }
    for (ReplayCursor pass : all) {
      if (pass.isShortlyAfter(partition, from) && !hasTurn(pass)) {
        pass.beginEarlier(from);
        return pass;
      }
    }
    ReplayCursor own = new ReplayCursor(partition, from);
    all.add(own);
    return own;
  }

  private boolean hasTurn(ReplayCursor pass) {
    for (ReplayCursor other : all) {
      if (other.partition() == pass.partition()) {
        return other == pass;
      }
    }
    return false;
  }

  /** The passes whose turn it is, by partition; those that nobody needs any longer are gone. */
  Map<Integer, ReplayCursor> turn() {
    all.forEach(ReplayCursor::dropDeparted);
    all.removeIf(ReplayCursor::isEmpty);
    Map<Integer, ReplayCursor> first = new HashMap<>();
    all.forEach(pass -> first.putIfAbsent(pass.partition(), pass));
    return first;
  }

  /** It has had its turn: the others of its partition come first now. */
  void hadTurn(ReplayCursor pass) {
    all.remove(pass);
    if (!pass.isEmpty()) {
      add(pass);
    }
  }

  /** Two that are near each other go on as one, from where the farther behind is. */
  private void add(ReplayCursor pass) {
    for (ReplayCursor other : all) {
      if (other.suits(pass.partition(), pass.position())) {
        other.merge(pass);
        return;
      }
    }
    all.add(pass);
  }
}
