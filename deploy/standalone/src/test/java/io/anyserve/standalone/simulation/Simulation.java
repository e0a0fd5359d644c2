package io.anyserve.standalone.simulation;

import io.anyserve.contracts.RequestId;
import io.anyserve.router.ResultsTask;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * One run: a few requests, workers that fail, readers that come and go, all moved on step by step
 * in an order that the seed decides. First with faults, then without, until nothing moves any more;
 * then everything must have ended, and all must agree.
 */
final class Simulation {

  private static final int REQUESTS = 3;
  private static final int STORMY_STEPS = 160;
  private static final int MOST_STEPS = 20_000;

  private final Rules rules;
  private final Dice dice;
  private final Trace trace;
  private final Clock clock = new Clock();
  private final TokenPartition log = new TokenPartition(clock);
  private final List<Actor> actors = new ArrayList<>();
  private final Map<Order, Agreement> agreements = new LinkedHashMap<>();
  private final List<StreamReader> readers = new ArrayList<>();
  private final VirtualScheduler scheduler;
  private final RequestQueue queue;
  private final Fleet fleet;
  private final RequeueRules recovery;
  private final LiveCallers callers;
  private final Ledger ledger;
  private final Results results;
  private final Faults faults;
  private int steps;

  /**
   * What runs of different seeds share because it takes long to make. Their requests have different
   * ids.
   *
   * @param state where nothing is ever written
   */
  record Shared(ResultsTask results, Path state) {}

  Simulation(long seed, Rules rules, Shared shared, Trace trace) {
    this.rules = rules;
    this.dice = new Dice(seed);
    this.trace = trace;
    this.scheduler = VirtualScheduler.random(dice);
    this.queue = new RequestQueue(dice);
    var around = new SimulatedWorker.Dependencies(rules, queue, log, clock, dice, trace);
    this.fleet = new Fleet(around, actors::add);
    this.recovery = new RequeueRules(log, queue);
    this.callers = new LiveCallers(log, dice);
    this.ledger = new Ledger(log, dice, shared.state(), clock);
    this.results = new Results(log, shared.results());
    actors.addAll(List.of(recovery, callers, ledger, results));
    for (int i = 0; i < REQUESTS; i++) {
      publish(Order.drawn(new RequestId(seed, i), rules.workersFail() ? 8 : 0, dice, clock));
    }
    this.faults =
        new Faults(
            rules,
            dice,
            queue,
            fleet,
            recovery,
            ledger,
            readers,
            List.copyOf(agreements.keySet()),
            trace);
  }

  private void publish(Order order) {
    Agreement agreement = new Agreement(order);
    agreements.put(order, agreement);
    recovery.watch(order);
    callers.call(order, agreement);
    reader("a caller from the start", order, agreement).open();
    reader("a late caller", order, agreement);
    queue.publish(order, 0);
  }

  private StreamReader reader(String name, Order order, Agreement agreement) {
    Supplier<Fold> folds = rules.fenced() ? Fold::fenced : Fold::unfenced;
    StreamReader reader = new StreamReader(name, order, log, agreement, folds);
    readers.add(reader);
    actors.add(reader);
    return reader;
  }

  /** Throws {@link RuleViolation}. */
  void run() {
    int faultEvery = rules.workersFail() ? 4 + dice.below(30) : 2 + dice.below(6);
    while (steps < STORMY_STEPS) {
      step();
      if (dice.below(faultEvery) == 0) {
        faults.strike();
      }
      if (dice.below(40) == 0) {
        dice.oneOf(readers).resume();
      }
    }
    calm();
    new Verdicts(log, agreements, rules).check(readers, callers, ledger.lines(), results.all());
  }

  /** Nothing fails any more, except what a poisoned request does. */
  private void calm() {
    trace.add(() -> "calm");
    fleet.thawAll();
    readers.forEach(StreamReader::resume);
    do {
      settle();
    } while (rescueSilent() || rescueContested());
    callers.settle();
  }

  private void settle() {
    do {
      fleet.replace();
    } while (step());
  }

  private boolean rescueSilent() {
    long before = queue.published();
    recovery.ofSilent(fleet::silent);
    return queue.published() > before;
  }

  private boolean rescueContested() {
    boolean any = false;
    for (Order order : agreements.keySet()) {
      any |= rules.contestedRecovered() && queue.isDone(order) && recovery.ofContested(order);
    }
    return any;
  }

  private boolean step() {
    if (++steps > MOST_STEPS) {
      throw new RuleViolation("steps: " + steps + " (expected: an end)");
    }
    List<Actor> ready = actors.stream().filter(Actor::ready).toList();
    clock.advance(1 + dice.below(3));
    if (!ready.isEmpty()) {
      scheduler.next(ready).step();
    }
    return !ready.isEmpty();
  }

  /** What happened, and what the log says at the end. */
  List<String> story() {
    List<String> story = new ArrayList<>(trace.lines());
    for (long offset = 0; offset < log.end(); offset++) {
      story.add(offset + ": " + log.at(offset).record());
    }
    return story;
  }
}
