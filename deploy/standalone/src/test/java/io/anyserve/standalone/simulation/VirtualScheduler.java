package io.anyserve.standalone.simulation;

import java.util.ArrayList;
import java.util.List;

/** Says who moves next: all that makes one interleaving differ from another. */
@FunctionalInterface
interface VirtualScheduler {

  /**
   * Chooses one of them.
   *
   * @param ready at least one
   */
  Actor next(List<Actor> ready);

  /** Anybody; some are far slower than others, differently in each run. */
  static VirtualScheduler random(Dice dice) {
    List<Actor> known = new ArrayList<>();
    List<Integer> slowness = new ArrayList<>();
    return ready -> {
      Actor chosen = dice.oneOf(ready);
      for (int tries = 0; tries < 3; tries++) {
        if (!known.contains(chosen)) {
          known.add(chosen);
          slowness.add(dice.below(90));
        }
        if (!dice.percent(slowness.get(known.indexOf(chosen)))) {
          return chosen;
        }
        chosen = dice.oneOf(ready);
      }
      return chosen;
    };
  }
}
