package io.anyserve.runtime;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Parts that start in order and close in reverse; a close that fails hides no other. */
public final class ComponentGroup implements Component {

  private static final Logger log = LoggerFactory.getLogger(ComponentGroup.class);

  private final List<Component> parts;
  private final Deque<Component> started = new ArrayDeque<>();

  public ComponentGroup(List<? extends Component> parts) {
    this.parts = List.copyOf(parts);
  }

  /** When one does not start, those before it are closed again. */
  @Override
  public void start() throws Exception {
    for (Component part : parts) {
      started.push(part);
      try {
        part.start();
      } catch (Exception e) {
        closeAfter(e);
        throw e;
      }
    }
  }

  /** The first part that is down, else up. */
  @Override
  public Health health() {
    for (Component part : parts) {
      if (part.health() instanceof Health.Down down) {
        return down;
      }
    }
    return Health.UP;
  }

  /** What keeps the whole from being ready; empty when nothing does. */
  public List<Health.Down> notReadyReasons() {
    List<Health.Down> troubles = new ArrayList<>();
    for (Component part : parts) {
      if (part.health() instanceof Health.Down down) {
        troubles.add(down);
      }
    }
    return troubles;
  }

  @Override
  public void close() {
    while (!started.isEmpty()) {
      Component part = started.pop();
      try {
        part.close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (Exception e) {
        log.warn(
            "Failed to close {}; the other components are closed",
            part.getClass().getSimpleName(),
            e);
      }
    }
  }

  private void closeAfter(Exception cause) {
    try {
      close();
    } catch (RuntimeException e) {
      cause.addSuppressed(e);
    }
  }
}
