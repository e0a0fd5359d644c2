package io.anyserve.runtime;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Components that start in order and close in reverse; a close that fails hides no other. */
public final class ComponentGroup implements Component {

  private static final Logger log = LoggerFactory.getLogger(ComponentGroup.class);

  private final List<Component> components;
  private final Deque<Component> started = new ArrayDeque<>();

  public ComponentGroup(List<? extends Component> components) {
    this.components = List.copyOf(components);
  }

  /** When one does not start, those before it are closed again. */
  @Override
  public void start() throws Exception {
    for (Component component : components) {
      started.push(component);
      try {
        component.start();
      } catch (Exception e) {
        closeAfter(e);
        throw e;
      }
    }
  }

  /** The first component that is down, else up. */
  @Override
  public Health health() {
    for (Component component : components) {
      if (component.health() instanceof Health.Down down) {
        return down;
      }
    }
    return Health.UP;
  }

  /** What keeps the whole from being ready; empty when nothing does. */
  public List<Health.Down> notReadyReasons() {
    List<Health.Down> reasons = new ArrayList<>();
    for (Component component : components) {
      if (component.health() instanceof Health.Down down) {
        reasons.add(down);
      }
    }
    return reasons;
  }

  @Override
  public void close() {
    while (!started.isEmpty()) {
      Component component = started.pop();
      try {
        component.close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (Exception e) {
        log.warn(
            "Failed to close {}; the other components are closed",
            component.getClass().getSimpleName(),
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
