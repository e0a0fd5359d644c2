package io.anyserve.router;

import io.anyserve.contracts.service.Health;
import io.anyserve.contracts.service.Part;
import io.anyserve.contracts.service.Parts;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/**
 * Routes what comes in through {@code intake} and writes the results of asynchronous requests: two
 * applications of Kafka Streams. Any thread may ask for its health; one starts and closes it.
 */
public final class Router implements Part {

  private static final String NAME = "router";
  private static final Duration TOPICS_WAIT = Duration.ofSeconds(60);

  private final RouterSettings settings;
  private final InstantSource clock;
  private final RouterMeters meters;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile @Nullable Parts applications;

  public Router(RouterSettings settings, InstantSource clock, MeterRegistry registry) {
    this.settings = settings;
    this.clock = clock;
    this.meters = new RouterMeters(registry);
  }

  /**
   * Waits for the topics and begins; healthy a little later.
   *
   * @throws IllegalStateException when topics are still missing after a minute, naming them
   */
  @Override
  public void start() throws Exception {
    Parts parts = new Parts(applications(tokenPartitions()));
    parts.start();
    applications = parts;
  }

  private int tokenPartitions() throws InterruptedException {
    try (Admin admin = settings.kafka().admin(settings.topics().prefix() + NAME)) {
      return new RequiredTopics(settings.topics(), System::nanoTime)
          .await(admin, TOPICS_WAIT, stopping);
    }
  }

  private List<StreamsApplication> applications(int tokenPartitions) {
    var rules =
        new IntakeRules(
            tokenPartitions, settings.asynchronousDeadline(), IntakeRules.DEFAULT_MAX_RECORD_BYTES);
    var tuning = new StreamsTuning(settings);
    return List.of(
        new StreamsApplication(
            "router intake",
            () -> IntakeTopology.build(settings.topics(), rules, clock, meters),
            tuning.intake()),
        new StreamsApplication(
            "router results",
            () -> ResultsTopology.build(settings.topics(), rules.maxRecordBytes(), meters),
            tuning.results()));
  }

  @Override
  public Health health() {
    Parts running = applications;
    return running == null ? new Health.Down(NAME, "waits for its topics") : running.health();
  }

  @Override
  public void close() {
    stopping.countDown();
    Parts running = applications;
    if (running != null) {
      running.close();
    }
  }
}
