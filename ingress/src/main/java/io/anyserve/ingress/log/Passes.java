package io.anyserve.ingress.log;

import io.anyserve.ingress.reply.Reply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The passes of one consumer: one of each partition at a time, the others of that partition in
 * turns. Owned by one thread.
 */
final class Passes {

  private final List<Pass> all = new ArrayList<>();

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** The reader goes along with a pass that is near, or on one of its own. */
  void add(Reply reply, long from) {
    Pass joined = null;
    for (Pass pass : all) {
      if (pass.suits(reply.partition(), from)) {
        joined = pass;
      }
    }
    if (joined == null) {
      joined = new Pass(reply.partition(), from);
      all.add(joined);
    }
    joined.join(reply);
  }

  /** The passes whose turn it is, by partition. */
  Map<Integer, Pass> turn() {
    Map<Integer, Pass> first = new HashMap<>();
    all.forEach(pass -> first.putIfAbsent(pass.partition(), pass));
    return first;
  }

  /** It has had its turn: the others of its partition come first now. */
  void hadTurn(Pass pass) {
    all.remove(pass);
    if (!pass.isEmpty()) {
      add(pass);
    }
  }

  private void add(Pass pass) {
    for (Pass other : all) {
      if (other.partition() == pass.partition() && other.position() == pass.position()) {
        other.merge(pass);
        return;
      }
    }
    all.add(pass);
  }
}
