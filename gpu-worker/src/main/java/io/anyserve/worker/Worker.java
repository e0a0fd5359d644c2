package io.anyserve.worker;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.ControlCommand;
import io.anyserve.contracts.event.ControlCommand.Cancel;
import io.anyserve.contracts.event.ControlCommand.Drain;
import io.anyserve.contracts.event.ControlCommand.Load;
import io.anyserve.contracts.event.ControlCommand.Unload;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.contracts.topic.TopicPartitioning;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.TopicAdmin;
import io.anyserve.runtime.kafka.TopicTailer;
import io.anyserve.worker.consume.ShareGroups;
import io.anyserve.worker.engine.EngineLoader;
import io.anyserve.worker.engine.EngineRegistry;
import io.anyserve.worker.payload.PayloadStore;
import io.anyserve.worker.schedule.SchedulerCommand;
import io.anyserve.worker.telemetry.TelemetryConfig;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker process's work: takes requests of its capabilities, answers them, says that it lives.
 * Closing it drains it first.
 */
public final class Worker implements Component {

  private static final Logger log = LoggerFactory.getLogger(Worker.class);

  /** The consumers of a worker that started so long ago have their partitions. */
  private static final Duration ASSIGNED = Duration.ofSeconds(5);

  private final WorkerConfig settings;
  private final KafkaClients kafka;
  private final WorkerComponents.Plan plan;
  private final TopicTailer control;
  private volatile @Nullable Admin admin;
  private volatile @Nullable WorkerComponents components;
  private volatile boolean draining;

  /**
   * @param engines the kinds of engine that the settings may name
   * @param payloads content too large for records
   * @throws IllegalArgumentException naming all capabilities whose engine settings are wrong
   */
  public Worker(
      WorkerConfig settings,
      KafkaClients kafka,
      EngineRegistry engines,
      PayloadStore payloads,
      MeterRegistry registry) {
    this(settings, kafka, engines, payloads, registry, TelemetryConfig.USUAL);
  }

  /**
   * @param engines the kinds of engine that the settings may name
   * @param payloads content too large for records
   * @param observation traces and metrics beyond its own
   * @throws IllegalArgumentException naming all capabilities whose engine settings are wrong
   */
  public Worker(
      WorkerConfig settings,
      KafkaClients kafka,
      EngineRegistry engines,
      PayloadStore payloads,
      MeterRegistry registry,
      TelemetryConfig observation) {
    this.settings = settings;
    this.kafka = kafka;
    this.plan =
        new WorkerComponents.Plan(
            settings, kafka, open(settings, engines), payloads, registry, observation);
    this.control =
        new TopicTailer(kafka, settings.topics().control(), TopicTailer.From.END, this::command);
  }

  private static Map<Capability, EngineLoader> open(WorkerConfig settings, EngineRegistry engines) {
    Map<Capability, EngineLoader> sources = new HashMap<>();
    List<String> mistakes = new ArrayList<>();
    for (CapabilityConfig capability : settings.capabilities()) {
      try {
        sources.put(capability.name(), engines.open(capability.engine()));
      } catch (IllegalArgumentException e) {
        mistakes.add("worker.capabilities." + capability.name() + "." + e.getMessage());
      }
    }
    if (!mistakes.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", mistakes));
    }
    return sources;
  }

  /**
   * Returns when the first models are loaded and work is being taken.
   *
   * @throws IllegalStateException when a model cannot be loaded
   */
  @Override
  public void start() throws InterruptedException {
    Admin opened = kafka.newAdmin(settings.id() + "-admin");
    admin = opened;
    ShareGroups groups = prepareTopics(opened);
    WorkerComponents started = new WorkerComponents(plan, groups);
    components = started;
    control.start();
    started.heartbeats().endEarlierProcess();
    started.routers().start();
    for (CapabilityRunner capability : started.capabilities()) {
      capability.start();
    }
    started.heartbeats().start();
    var _ =
        CompletableFuture.runAsync(
            () ->
                settings
                    .capabilities()
                    .forEach(served -> groups.slowHeartbeats(settings.topics(), served.name())),
            CompletableFuture.delayedExecutor(ASSIGNED.toMillis(), TimeUnit.MILLISECONDS));
  }

  private ShareGroups prepareTopics(Admin client) throws InterruptedException {
    ShareGroups groups = ShareGroups.of(client);
    TopicNames topics = settings.topics();
    for (CapabilityConfig capability : settings.capabilities()) {
      createTopics(client, capability.name());
      groups.configure(topics, capability.name());
    }
    return groups;
  }

  private void createTopics(Admin client, Capability capability) throws InterruptedException {
    if (settings.create().isPresent()) {
      TopicPartitioning sizes = settings.create().get();
      new TopicAdmin(client, sizes.replication())
          .create(new TopicCatalogue(settings.topics(), sizes).of(capability))
          .forEach(name -> log.info("Created topic {}", name));
    }
  }

  @Override
  public Health health() {
    if (draining) {
      return new Health.Down("worker " + settings.id(), "draining");
    }
    for (CapabilityRunner capability : capabilities()) {
      if (capability.health() instanceof Health.Down down) {
        return down;
      }
    }
    return control.health();
  }

  private void command(ConsumerRecord<byte[], byte[]> record) {
    switch (WorkerCodec.decodeCommand(record.value())) {
      case Cancel cancel -> tellAll(new SchedulerCommand.Cancel(cancel.request(), cancel.reason()));
      case Drain drain -> {
        if (drain.worker().equals(settings.id())) {
          drain();
        }
      }
      case Load load -> tell(load.worker(), load.capability(), new SchedulerCommand.Load());
      case ControlCommand.TakeOverStream _ -> {}
      case Unload unload ->
          tell(unload.worker(), unload.capability(), new SchedulerCommand.Unload());
    }
  }

  private void tellAll(SchedulerCommand command) {
    capabilities().forEach(served -> served.tell(command));
  }

  private void tell(WorkerId worker, Capability capability, SchedulerCommand command) {
    if (worker.equals(settings.id())) {
      capabilities().stream()
          .filter(served -> served.name().equals(capability))
          .forEach(served -> served.tell(command));
    }
  }

  private List<CapabilityRunner> capabilities() {
    WorkerComponents started = components;
    return started == null ? List.of() : started.capabilities();
  }

  /** Takes no more work; what has begun goes on. */
  public void drain() {
    draining = true;
    WorkerComponents started = components;
    if (started != null) {
      started.heartbeats().draining();
    }
    capabilities().forEach(CapabilityRunner::drain);
  }

  /** After {@link #drain}: everything is answered and acknowledged, the process may end. */
  public boolean drained() {
    return draining && capabilities().stream().allMatch(CapabilityRunner::drained);
  }

  /** Drains, hands over what did not end in time, and says goodbye. */
  @Override
  public void close() throws Exception {
    drain();
    awaitDrained();
    WorkerComponents started = components;
    if (started != null) {
      control.close();
      started.close();
    }
    Admin opened = admin;
    if (opened != null) {
      opened.close();
    }
  }

  private void awaitDrained() throws InterruptedException {
    long until = System.nanoTime() + settings.delivery().drain().toNanos();
    for (CapabilityRunner capability : capabilities()) {
      Duration left = Duration.ofNanos(Math.max(0, until - System.nanoTime()));
      if (!capability.awaitDrained(left)) {
        log.warn(
            "Capability {} did not drain in time; its requests go to other workers",
            capability.name());
      }
    }
  }
}
