package io.anyserve.worker.schedule;

import io.anyserve.contracts.RequestId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The latest commands that came before their request. Owned by the scheduler's thread. */
final class EarlyCommands<T> {

  private static final int REMEMBERED = 10_000;

  private final Map<RequestId, T> commands = new LinkedHashMap<>();

  void add(RequestId request, T command) {
    commands.put(request, command);
    if (commands.size() > REMEMBERED) {
      commands.remove(commands.keySet().iterator().next());
    }
  }

  /** What was said of that request; null when nothing was. */
  @Nullable T take(RequestId request) {
    return commands.isEmpty() ? null : commands.remove(request);
  }
}
