package io.anyserve.worker;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.PartitionRangeReader;
import io.anyserve.worker.consume.CapabilityConsumers;
import io.anyserve.worker.consume.ShareGroups;
import io.anyserve.worker.dispatch.DeliveryMetrics;
import io.anyserve.worker.engine.EngineLoader;
import io.anyserve.worker.link.RouterEvents;
import io.anyserve.worker.link.RouterLinks;
import io.anyserve.worker.payload.PayloadStore;
import io.anyserve.worker.publish.BatchingTokenWriter;
import io.anyserve.worker.publish.ExecutionListener;
import io.anyserve.worker.publish.Publisher;
import io.anyserve.worker.schedule.Clocks;
import io.anyserve.worker.schedule.CommandQueue;
import io.anyserve.worker.schedule.EngineSupervisor;
import io.anyserve.worker.schedule.ModelSlots;
import io.anyserve.worker.schedule.Scheduler;
import io.anyserve.worker.schedule.SchedulerCommand;
import io.anyserve.worker.schedule.SchedulerLoop;
import io.anyserve.worker.schedule.SchedulerMetrics;
import io.anyserve.worker.schedule.WorkerIdentity;
import io.anyserve.worker.takeover.TokenHistoryReader;
import io.anyserve.worker.telemetry.TelemetryConfig;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.common.IsolationLevel;

/** Builds and connects the components of a running worker. */
final class WorkerComponents implements AutoCloseable {

  private static final int INBOX = 16_384;
  private static final int PRODUCER_BATCH = 64 << 10;

  /** Whole stretches of a partition at once: requests wait for them. */
  private static final Map<String, Object> READING_BACK =
      Map.of("max.poll.records", "10000", "max.partition.fetch.bytes", 8 << 20);

  private final Plan plan;
  private final ShareGroups groups;
  private final ExecutorService background = Executors.newVirtualThreadPerTaskExecutor();
  private final Publisher publisher;
  private final TokenHistoryReader takeovers;
  private final ModelSlots modelSlots;
  private final HeartbeatSender heartbeats;
  private final RouterLinks routers;
  private final List<CapabilityRunner> capabilities = new ArrayList<>();

  /** What it is made of. */
  record Plan(
      WorkerConfig settings,
      KafkaClients kafka,
      Map<Capability, EngineLoader> engines,
      PayloadStore payloads,
      MeterRegistry registry,
      TelemetryConfig observation) {

    TopicNames topics() {
      return settings.topics();
    }

    String clientId(String role) {
      return settings.id() + "-" + role;
    }
  }

  /**
   * @param groups in which requests are acquired
   */
  WorkerComponents(Plan plan, ShareGroups groups) {
    this.plan = plan;
    this.groups = groups;
    KafkaClients kafka = plan.kafka();
    Map<String, Object> producing = Map.of("batch.size", PRODUCER_BATCH);
    this.publisher =
        new Publisher(
            plan.topics(),
            () -> kafka.newProducer(plan.clientId("tokens"), producing),
            plan.payloads(),
            background);
    this.takeovers =
        new TokenHistoryReader(
            plan.topics(),
            () ->
                new PartitionRangeReader(
                    kafka.newAssignedConsumer(
                        plan.clientId("takeovers"),
                        IsolationLevel.READ_UNCOMMITTED,
                        READING_BACK)));
    this.modelSlots = new ModelSlots(plan.settings().maxLoaded(), System::nanoTime);
    this.heartbeats =
        new HeartbeatSender(
            plan.settings().id(),
            publisher,
            this::offer,
            this::recheck,
            this::watched,
            Clocks.SYSTEM);
    this.routers =
        new RouterLinks(plan.settings().routers(), heartbeats::current, new Supersession());
    plan.settings().capabilities().forEach(capability -> capabilities.add(serve(capability)));
  }

  private CapabilityRunner serve(CapabilityConfig capability) {
    Capability name = capability.name();
    EngineLoader engine = new ReportingLoader(name, engine(name), plan.registry());
    CommandQueue inbox = new CommandQueue(INBOX);
    Runnable look = () -> inbox.tell(new SchedulerCommand.Look());
    EngineSupervisor supervisor =
        new EngineSupervisor(name, engine, modelSlots, System::nanoTime, look);
    WorkerIdentity identity =
        new WorkerIdentity(plan.settings().id(), name, engine.description().model());
    SchedulerMetrics meters = SchedulerMetrics.of(plan.registry(), name);
    ExecutionListener.Source watches = plan.observation().source(plan.registry(), identity, meters);
    CapabilityConsumers intakes = intakes(capability, identity, inbox, watches);
    Scheduler scheduler =
        new Scheduler(
            identity,
            supervisor,
            inbox,
            new Scheduler.Outlets(new BatchingTokenWriter(publisher), intakes.takeover()),
            meters,
            Clocks.SYSTEM);
    boolean loadFirst = capabilities.size() < plan.settings().maxLoaded();
    return new CapabilityRunner(
        name,
        supervisor,
        inbox,
        scheduler,
        new SchedulerLoop("scheduler of " + name, scheduler, inbox, loadFirst, intakes::look),
        intakes);
  }

  private CapabilityConsumers intakes(
      CapabilityConfig capability,
      WorkerIdentity identity,
      CommandQueue inbox,
      ExecutionListener.Source watches) {
    EngineLoader engine = engine(capability.name());
    return new CapabilityConsumers(
        new CapabilityConsumers.Source(
            plan.kafka(), groups.admin(), capability.name(), plan.settings().id().value()),
        new CapabilityConsumers.Policy(
            engine.description().slots(), groups.lock(), plan.settings().delivery().attempts()),
        identity,
        new CapabilityConsumers.Outlets(publisher, takeovers, plan.payloads(), background, watches),
        inbox,
        new DeliveryMetrics(plan.registry(), capability.name()));
  }

  private EngineLoader engine(Capability name) {
    EngineLoader engine = plan.engines().get(name);
    if (engine == null) {
      throw new IllegalStateException("engine of " + name + ": none (expected: one)");
    }
    return engine;
  }

  private HeartbeatSender.Offer offer() {
    return new HeartbeatSender.Offer(
        capabilities.stream().map(CapabilityRunner::offer).toList(),
        capabilities.stream().mapToInt(CapabilityRunner::load).sum());
  }

  /** What the routers publish again stops here. */
  private final class Supersession implements RouterEvents {

    @Override
    public void superseded(RequestId request, int attempt) {
      var command = new SchedulerCommand.Superseded(request, attempt);
      capabilities.forEach(capability -> capability.tell(command));
    }

    @Override
    public void reconnected() {
      recheck();
    }
  }

  private boolean watched() {
    return routers.connected();
  }

  private void recheck() {
    capabilities.forEach(capability -> capability.tell(new SchedulerCommand.VerifyOwnership()));
  }

  List<CapabilityRunner> capabilities() {
    return capabilities;
  }

  HeartbeatSender heartbeats() {
    return heartbeats;
  }

  RouterLinks routers() {
    return routers;
  }

  /** Hands over what is not answered, says goodbye, and ends all threads. */
  @Override
  public void close() throws InterruptedException {
    for (CapabilityRunner capability : capabilities) {
      capability.close();
    }
    heartbeats.close();
    background.shutdownNow();
    takeovers.close();
    publisher.close();
    routers.close();
  }
}
