package io.anyserve.ingress.chat;

import io.anyserve.runtime.auth.Caller;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Sockets that are open here, by key. Thread-safe. */
final class SocketCounts {

  /** Of one key on one ingress; callers without a key count as one. */
  static final int MOST = 1_000;

  private final Map<String, Integer> open = new ConcurrentHashMap<>();

  /** False where the key has as many as it may. */
  boolean open(Caller caller) {
    int count = open.merge(caller.keyId(), 1, (known, more) -> Math.min(known + more, MOST + 1));
    if (count > MOST) {
      close(caller);
      return false;
    }
    return true;
  }

  void close(Caller caller) {
    open.computeIfPresent(caller.keyId(), (key, count) -> count == 1 ? null : count - 1);
  }
}
