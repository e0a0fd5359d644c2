package io.anyserve.worker.schedule;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.RequestId;
import io.anyserve.runtime.Health;
import io.anyserve.worker.engine.CacheUse;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.NoRoomException;
import io.anyserve.worker.publish.TokenWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Brings waiting sequences into the engine, moves them on step by step and writes what comes out.
 * One thread owns it; the inbox is the only way in.
 *
 * <pre>
 * inbox --> waiting (interactive, batch) --> running in the engine --> terminal event
 *              |          ^                        |
 *              |          +-- preempted, ----------+
 *              |              the engine breaks
 *              +-- cancelled, expired --> terminal event, never in the engine
 *              +-- asks for tokens only --> answered without a slot
 * </pre>
 */
public final class Scheduler implements AutoCloseable {

  private static final long BLOCKED_WAIT = 2_000_000L;
  private static final long LONGEST_WAIT = 50_000_000L;
  private static final long IDLE_WAIT = 1_000_000_000L;

  /** What a batch sequence gets at least that waited for long. */
  private static final long TURN = 2_000_000_000L;

  private final EngineSupervisor supervisor;
  private final CommandQueue inbox;
  private final TokenWriter log;
  private final TerminalEvents endings;
  private final SchedulerMetrics meters;
  private final Clocks clocks;
  private final WaitingQueue waiting = new WaitingQueue();
  private final FaultIsolation suspects = new FaultIsolation();
  private final RunningSet running = new RunningSet();
  private final StepOutput steps;
  private final TokenLookups lookups;
  private boolean lookupsWait;
  private long earliestDeadline = ScheduledSequence.NO_DEADLINE;
  private boolean unloadWhenIdle;
  private volatile int load;

  /** Where events go, and work that others began. */
  public record Outlets(TokenWriter log, StreamTakeover takeover) {}

  public Scheduler(
      WorkerIdentity identity,
      EngineSupervisor supervisor,
      CommandQueue inbox,
      Outlets outlets,
      SchedulerMetrics meters,
      Clocks clocks) {
    this.supervisor = supervisor;
    this.inbox = inbox;
    this.log = outlets.log();
    this.endings = new TerminalEvents(identity, log, outlets.takeover());
    this.meters = meters;
    this.steps = new StepOutput(supervisor, running, suspects, endings, log, meters);
    this.lookups = new TokenLookups(endings, log);
    this.clocks = clocks;
  }

  /** Does what there is to do now; returns how much that was. */
  public int step() {
    int done = inbox.drain(this::take, this::obey);
    done += stopOverdue();
    done += answerLookups();
    done += admit();
    done += stepEngine();
    log.flush();
    done += unloadForOthers();
    load = running.size() + waiting.size();
    return done;
  }

  /** How long the next step may wait when nothing comes in. */
  public long nanosToNextStep() {
    Engine engine = supervisor.engine();
    if (engine != null && !running.isEmpty()) {
      return Math.min(engine.nanosToNextStep(), LONGEST_WAIT);
    }
    if (waiting.isEmpty()) {
      return health() instanceof Health.Down ? LONGEST_WAIT : IDLE_WAIT;
    }
    return BLOCKED_WAIT;
  }

  /** Down while the engine rests after a failure. Any thread. */
  Health health() {
    return supervisor.health();
  }

  /** Sequences that are running or waiting. Any thread. */
  public int load() {
    return load;
  }

  /**
   * Loads the engine before there is work.
   *
   * @throws RuntimeException when it cannot be loaded
   */
  void warmUp() {
    supervisor.ready();
  }

  /** Releases what there still is, so that others go on with it, and frees the engine. */
  @Override
  public void close() {
    log.flush();
    inbox.close();
    inbox.drain(this::take, _ -> {});
    Exception why = stops();
    waiting.remove(_ -> true).forEach(sequence -> log.release(sequence.stream(), why));
    running.clear().forEach(sequence -> log.release(sequence.stream(), why));
    load = 0;
    supervisor.unload();
  }

  /** A request at which this fails ends here: the thread goes on with the next. */
  private void take(WorkItem work) {
    try {
      enter(new ScheduledSequence(work));
    } catch (RuntimeException | Error e) {
      endings.giveUp(work, e);
    }
  }

  private void enter(ScheduledSequence sequence) {
    if (endings.overBefore(sequence)) {
      return;
    }
    Optional<Failure> refusal =
        supervisor.refusal(sequence.request().kind(), sequence.work().input());
    if (refusal.isPresent()) {
      endings.refuse(sequence, refusal.get());
      return;
    }
    regardDeadline(sequence);
    sequence.waits(now());
    lookupsWait |= TokenLookups.isLookup(sequence);
    if (sequence.stream().attempt() > 1) {
      waiting.requeue(sequence);
    } else {
      waiting.add(sequence);
    }
  }

  private void obey(SchedulerCommand command) {
    switch (command) {
      case SchedulerCommand.Cancel(RequestId request, CancelReason reason) ->
          cancel(request, reason);
      case SchedulerCommand.HandOver(int most) -> handOver(most);
      case SchedulerCommand.Load _ -> engineReady();
      case SchedulerCommand.Unload _ -> unloadWhenIdle = true;
      case SchedulerCommand.Look _ -> {}
      case SchedulerCommand.VerifyOwnership _ -> recheck();
      case SchedulerCommand.Superseded(RequestId request, int attempt) -> cede(request, attempt);
    }
  }

  private void cancel(RequestId request, CancelReason reason) {
    List<ScheduledSequence> stopped = waiting.remove(sequence -> sequence.id().equals(request));
    stopped.addAll(takeOut(sequence -> sequence.id().equals(request)));
    stopped.forEach(sequence -> endings.cancel(sequence, reason));
    if (stopped.isEmpty()) {
      endings.cancelLater(request, reason);
    }
  }

  private void cede(RequestId request, int attempt) {
    Predicate<ScheduledSequence> superseded =
        sequence -> sequence.id().equals(request) && sequence.stream().attempt() <= attempt;
    List<ScheduledSequence> stopped = waiting.remove(superseded);
    stopped.addAll(takeOut(superseded));
    stopped.forEach(endings::cede);
    if (stopped.isEmpty()) {
      endings.cedeLater(request, attempt);
    }
  }

  /** Those that wait first: nobody sees them pause. */
  private void handOver(int most) {
    List<ScheduledSequence> released =
        Stream.concat(waiting.all().stream(), running.all().stream()).limit(most).toList();
    released.forEach(waiting::remove);
    released.forEach(this::takeOut);
    released.forEach(sequence -> log.release(sequence.stream(), stops()));
  }

  private static Exception stops() {
    return new IllegalStateException("the worker stops");
  }

  private void recheck() {
    running.forEach(endings::recheck);
    waiting.forEach(endings::recheck);
  }

  private List<ScheduledSequence> takeOut(Predicate<ScheduledSequence> which) {
    List<ScheduledSequence> taken = running.take(which);
    cancelInEngine(taken);
    return taken;
  }

  private void takeOut(ScheduledSequence sequence) {
    if (running.left(sequence.executionId()) != null) {
      cancelInEngine(List.of(sequence));
    }
  }

  /** One that does not let them go breaks, and the others go on in the next. */
  private void cancelInEngine(List<ScheduledSequence> taken) {
    Engine engine = supervisor.engine();
    if (engine != null) {
      try {
        taken.forEach(sequence -> engine.cancel(sequence.executionId()));
      } catch (RuntimeException | Error e) {
        startOver(e);
      }
    }
  }

  private int stopOverdue() {
    long now = clocks.wall().millis();
    if (now < earliestDeadline) {
      return 0;
    }
    List<ScheduledSequence> late = waiting.remove(sequence -> sequence.deadlineMillis() <= now);
    late.addAll(takeOut(sequence -> sequence.deadlineMillis() <= now));
    late.forEach(sequence -> endings.cancel(sequence, CancelReason.DEADLINE));
    earliestDeadline = ScheduledSequence.NO_DEADLINE;
    running.forEach(this::regardDeadline);
    waiting.forEach(this::regardDeadline);
    return late.size();
  }

  private void regardDeadline(ScheduledSequence sequence) {
    earliestDeadline = Math.min(earliestDeadline, sequence.deadlineMillis());
  }

  /** Whatever waits for a slot: these need none. */
  private int answerLookups() {
    Engine engine = lookupsWait && mayAdmit() ? engineReady() : null;
    if (engine == null) {
      return 0;
    }
    lookupsWait = false;
    List<ScheduledSequence> asked = waiting.remove(TokenLookups::isLookup);
    asked.stream()
        .filter(sequence -> !sequence.stream().closed())
        .forEach(sequence -> admit(engine, sequence));
    return asked.size();
  }

  private int admit() {
    int admitted = 0;
    for (ScheduledSequence next = next(); next != null; next = next()) {
      Engine engine = mayAdmit() ? engineReady() : null;
      if (engine == null || ((full() || running.refuses(next)) && !preempt(next))) {
        return admitted;
      }
      waiting.remove(next);
      if (!next.stream().closed() && !admit(engine, next) && !preempt(next)) {
        return admitted;
      }
      admitted++;
    }
    return admitted;
  }

  private @Nullable ScheduledSequence next() {
    return waiting.isEmpty() ? null : suspects.next(waiting, running, !full(), now());
  }

  private long now() {
    return clocks.nanos().getAsLong();
  }

  private boolean full() {
    return running.size() >= supervisor.slots();
  }

  /** Another capability's turn in memory may have come. */
  private boolean mayAdmit() {
    return !unloadWhenIdle && !supervisor.wanted(false);
  }

  private @Nullable Engine engineReady() {
    try {
      return supervisor.ready();
    } catch (RuntimeException | Error e) {
      Failure failure = endings.engineFailure(e);
      waiting.remove(_ -> true).forEach(sequence -> endings.refuse(sequence, failure));
      return null;
    }
  }

  /** False where it has to wait until others have left memory to it. */
  private boolean admit(Engine engine, ScheduledSequence next) {
    if (next.deadlineMillis() <= clocks.wall().millis()) {
      endings.cancel(next, CancelReason.DEADLINE);
      return true;
    }
    if (TokenLookups.isLookup(next)) {
      lookups.answer(engine, next);
      return true;
    }
    boolean overdue = next.waited(now()) >= WaitingQueue.STARVATION_TIMEOUT;
    try {
      meters.cache().admitted(running.admit(engine, next));
      next.stays(overdue ? now() + TURN : now());
      begin(next);
    } catch (NoRoomException e) {
      return waitForRoom(next, e);
    } catch (FailureException e) {
      endings.refuse(next, e.failure());
    } catch (RuntimeException | Error e) {
      endings.refuse(next, endings.engineFailure(e));
      startOver(e);
    }
    return true;
  }

  /** It waits for another one to leave; where none runs, that would be for ever. */
  private boolean waitForRoom(ScheduledSequence next, NoRoomException full) {
    if (running.isEmpty()) {
      endings.refuse(next, endings.engineFailure(full));
      return true;
    }
    running.refuse(next);
    waiting.requeue(next);
    return false;
  }

  private void begin(ScheduledSequence next) {
    boolean exhausted = next.exceedsQuota(0);
    if (exhausted || !endings.start(next)) {
      takeOut(next);
    }
    if (exhausted) {
      endings.turnAway(next);
    }
  }

  /** An interactive sequence takes the slot and the memory of a batch sequence. */
  private boolean preempt(ScheduledSequence next) {
    ScheduledSequence last = next.priority() == Priority.BATCH ? null : running.lastToYield(now());
    if (last == null) {
      return false;
    }
    giveWay(last);
    return supervisor.engine() != null;
  }

  /** It goes on when it is its turn again: its prompt and its tokens are read then. */
  private void giveWay(ScheduledSequence sequence) {
    takeOut(sequence);
    requeue(sequence);
    meters.preemptions().increment();
  }

  /** It goes on later, behind its own tokens. */
  private void requeue(ScheduledSequence sequence) {
    sequence.waits(now());
    waiting.requeue(sequence);
  }

  private int stepEngine() {
    Engine engine = supervisor.engine();
    if (engine == null || running.isEmpty()) {
      return 0;
    }
    int batch = running.size();
    long before = clocks.nanos().getAsLong();
    try {
      int done = hasRoom(engine) ? steps.take(engine) : 1;
      meters.cache().used(engine.cacheUse());
      return done;
    } catch (RuntimeException | Error e) {
      engineBroke(e);
      return 1;
    } finally {
      measure(batch, clocks.nanos().getAsLong() - before);
    }
  }

  /** Those that began last leave the others their memory. False where the engine broke at it. */
  private boolean hasRoom(Engine engine) {
    while (engine.equals(supervisor.engine()) && running.size() > 1 && !engine.hasRoom()) {
      giveWay(running.lastToBegin(now()));
    }
    return engine.equals(supervisor.engine());
  }

  private void measure(int batch, long took) {
    running.stepped(took);
    if (steps.events() > 0) {
      meters.steps().record(took, TimeUnit.NANOSECONDS);
      meters.batch().record(batch);
    }
  }

  /** In a step: whose fault it was has to be found out. */
  private void engineBroke(Throwable why) {
    ScheduledSequence blamed = suspects.blame(running.all());
    if (blamed != null) {
      running.left(blamed.executionId());
      endings.fail(blamed, endings.engineFailure(why));
    }
    startOver(why);
  }

  /** What was in the engine goes on in the next one, unless that would break like all before it. */
  private void startOver(Throwable why) {
    supervisor.failed(why);
    List<ScheduledSequence> ran = running.clear();
    if (supervisor.hopeless()) {
      Failure failure = endings.engineFailure(why);
      ran.addAll(waiting.remove(suspects::contains));
      ran.forEach(sequence -> endings.fail(sequence, failure));
    } else {
      ran.reversed().forEach(this::requeue);
    }
  }

  private int unloadForOthers() {
    supervisor.lookAgain();
    if (waiting.isEmpty()) {
      supervisor.withdraw();
    }
    if (!running.isEmpty() || !(unloadWhenIdle || supervisor.wanted(waiting.isEmpty()))) {
      return 0;
    }
    unloadWhenIdle = false;
    supervisor.unload();
    meters.cache().used(CacheUse.NONE);
    return 1;
  }
}
