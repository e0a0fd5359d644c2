package io.anyserve.worker;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.PartitionRangeReader;
import io.anyserve.worker.batch.BatchMeters;
import io.anyserve.worker.batch.Batcher;
import io.anyserve.worker.batch.BatcherLoop;
import io.anyserve.worker.batch.Clocks;
import io.anyserve.worker.batch.Command;
import io.anyserve.worker.batch.EngineSeat;
import io.anyserve.worker.batch.Identity;
import io.anyserve.worker.batch.Inbox;
import io.anyserve.worker.batch.ModelRoom;
import io.anyserve.worker.engine.EngineSource;
import io.anyserve.worker.intake.Hold;
import io.anyserve.worker.intake.Intakes;
import io.anyserve.worker.intake.Takeovers;
import io.anyserve.worker.intake.WorkMeters;
import io.anyserve.worker.payload.PayloadStore;
import io.anyserve.worker.publish.Publisher;
import io.anyserve.worker.publish.RunWatch;
import io.anyserve.worker.publish.StepLog;
import io.anyserve.worker.watch.Observation;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.common.IsolationLevel;

/** The parts of a worker that runs, put together. */
final class Machinery implements AutoCloseable {

  private static final int INBOX = 16_384;
  private static final int PRODUCER_BATCH = 64 << 10;

  private final Plan plan;
  private final ExecutorService background = Executors.newVirtualThreadPerTaskExecutor();
  private final Publisher publisher;
  private final Takeovers takeovers;
  private final ModelRoom room;
  private final AnnouncementLoop announcements;
  private final List<ServedCapability> capabilities = new ArrayList<>();

  /** What it is made of. */
  record Plan(
      WorkerSettings settings,
      KafkaClients kafka,
      Map<Capability, EngineSource> engines,
      PayloadStore payloads,
      MeterRegistry registry,
      Observation observation) {

    TopicNames topics() {
      return settings.topics();
    }

    String clientId(String role) {
      return settings.id() + "-" + role;
    }
  }

  Machinery(Plan plan) {
    this.plan = plan;
    KafkaClients kafka = plan.kafka();
    Map<String, Object> producing = Map.of("batch.size", PRODUCER_BATCH);
    this.publisher =
        new Publisher(
            plan.topics(),
            () -> kafka.newProducer(plan.clientId("tokens"), producing),
            plan.payloads(),
            background);
    this.takeovers =
        new Takeovers(
            plan.topics(),
            () ->
                new PartitionRangeReader(
                    kafka.newAssignedConsumer(
                        plan.clientId("takeovers"), IsolationLevel.READ_UNCOMMITTED, Map.of())));
    this.room = new ModelRoom(plan.settings().maxLoaded(), System::nanoTime);
    this.announcements =
        new AnnouncementLoop(
            plan.settings().id(), publisher, this::offer, this::recheck, Clocks.SYSTEM);
    plan.settings().capabilities().forEach(capability -> capabilities.add(serve(capability)));
  }

  private ServedCapability serve(CapabilitySettings capability) {
    Capability name = capability.name();
    EngineSource engine = new ReportingSource(name, engine(name), plan.registry());
    Inbox inbox = new Inbox(INBOX);
    Runnable look = () -> inbox.tell(new Command.Look());
    EngineSeat seat = new EngineSeat(name, engine, room, System::nanoTime, look);
    Identity identity = new Identity(plan.settings().id(), name, engine.description().model());
    BatchMeters meters = BatchMeters.of(plan.registry(), name);
    RunWatch.Source watches = plan.observation().source(plan.registry(), identity, meters);
    Intakes intakes = intakes(capability, identity, inbox, watches);
    Batcher batcher =
        new Batcher(
            identity,
            seat,
            inbox,
            new Batcher.Outlets(new StepLog(publisher), intakes.takeover()),
            meters,
            Clocks.SYSTEM);
    boolean loadFirst = capabilities.size() < plan.settings().maxLoaded();
    return new ServedCapability(
        name,
        seat,
        inbox,
        batcher,
        new BatcherLoop("batcher of " + name, batcher, inbox, loadFirst),
        intakes);
  }

  private Intakes intakes(
      CapabilitySettings capability, Identity identity, Inbox inbox, RunWatch.Source watches) {
    EngineSource engine = engine(capability.name());
    DeliverySettings delivery = plan.settings().delivery();
    Hold hold = capability.hold().orElse(engine.shortWork() ? Hold.BATCH : Hold.SLOTS);
    return new Intakes(
        new Intakes.Source(plan.kafka(), capability.name(), plan.settings().id().value()),
        new Intakes.Policy(
            hold, engine.description().slots(), delivery.lock(), delivery.attempts()),
        identity,
        new Intakes.Outlets(publisher, takeovers, plan.payloads(), background, watches),
        inbox,
        new WorkMeters(plan.registry(), capability.name()));
  }

  private EngineSource engine(Capability name) {
    EngineSource engine = plan.engines().get(name);
    if (engine == null) {
      throw new IllegalStateException("engine of " + name + ": none (expected: one)");
    }
    return engine;
  }

  private AnnouncementLoop.Offer offer() {
    return new AnnouncementLoop.Offer(
        capabilities.stream().map(ServedCapability::offer).toList(),
        capabilities.stream().mapToInt(ServedCapability::load).sum());
  }

  private void recheck() {
    capabilities.forEach(capability -> capability.tell(new Command.Recheck()));
  }

  List<ServedCapability> capabilities() {
    return capabilities;
  }

  AnnouncementLoop announcements() {
    return announcements;
  }

  /** Gives back what is not answered, says goodbye, and ends all threads. */
  @Override
  public void close() throws InterruptedException {
    for (ServedCapability capability : capabilities) {
      capability.close();
    }
    announcements.close();
    background.shutdownNow();
    takeovers.close();
    publisher.close();
  }
}
