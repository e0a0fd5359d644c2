package io.anyserve.cli.usage;

import io.anyserve.cli.options.ServerOptions;
import io.anyserve.runtime.ScheduledCheck;
import io.anyserve.v1.GetSessionUsageRequest;
import io.anyserve.v1.SessionUsage;
import io.anyserve.v1.UsageGrouping;
import io.anyserve.v1.UsageServiceGrpc;
import io.anyserve.v1.WatchSessionUsageRequest;
import io.anyserve.v1.WindowSize;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what a session or a tenant used, out of the ledger. */
@Command(
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "[rerate|verify]",
    subcommands = {RerateCommand.class, VerifyCommand.class},
    name = "usage",
    description = "Show the usage of a session or a tenant.",
    sortOptions = false)
public final class UsageCommand implements Callable<Integer> {

  /** The ledger is a commit behind the stream. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final Duration PERIOD = Duration.ofMillis(200);

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--session",
      defaultValue = "cli",
      description = "The session (default: ${DEFAULT-VALUE}).")
  String session = "";

  @Option(names = "--watch", description = "Print every change until interrupted.")
  boolean watch;

  @ArgGroup(exclusive = true)
  @Nullable Question question;

  @Option(
      names = "--by",
      description = "Series of --windows: ${COMPLETION-CANDIDATES} (default: none).")
  Grouping by = Grouping.none;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Begin, inclusive, in ISO-8601, such as 2026-11-20T12:00:00Z.")
  @Nullable Instant from;

  @Option(names = "--to", paramLabel = "TIME", description = "End, exclusive, in ISO-8601.")
  @Nullable Instant to;

  @Option(names = "--tenant", description = "With an admin key: tenant to show; \"*\" for all.")
  String tenant = "";

  @Option(names = "--limit", description = "Most rows of --top or --lines.")
  int limit;

  @Option(names = "--csv", description = "Print CSV.")
  boolean csv;

  @Mixin ServerOptions server = new ServerOptions();

  /** What is asked instead of a session's totals. */
  static final class Question {

    @Option(names = "--tenant-totals", description = "Show the totals of the tenant.")
    boolean totals;

    @Option(
        names = "--windows",
        paramLabel = "SIZE",
        description = "Show usage over time, in windows of a size: ${COMPLETION-CANDIDATES}.")
    @Nullable Size windows;

    @Option(
        names = "--top",
        paramLabel = "BY",
        description = "Show the largest users by session, key, model, capability or tenant.")
    @Nullable Grouping top;

    @Option(names = "--lines", description = "Show ledger entries.")
    boolean lines;
  }

  /** As people write them. */
  enum Size {
    minute(WindowSize.WINDOW_SIZE_MINUTE),
    hour(WindowSize.WINDOW_SIZE_HOUR),
    day(WindowSize.WINDOW_SIZE_DAY);

    private final WindowSize wire;

    Size(WindowSize wire) {
      this.wire = wire;
    }
  }

  /** As people write them. */
  enum Grouping {
    none(UsageGrouping.USAGE_GROUPING_NONE),
    capability(UsageGrouping.USAGE_GROUPING_CAPABILITY),
    model(UsageGrouping.USAGE_GROUPING_MODEL),
    session(UsageGrouping.USAGE_GROUPING_SESSION),
    key(UsageGrouping.USAGE_GROUPING_KEY),
    tenant(UsageGrouping.USAGE_GROUPING_TENANT);

    private final UsageGrouping wire;

    Grouping(UsageGrouping wire) {
      this.wire = wire;
    }
  }

  @Override
  public Integer call() throws InterruptedException {
    ManagedChannel channel = server.open();
    try {
      var stub = UsageServiceGrpc.newBlockingStub(channel);
      if (question != null) {
        answer(question, stub);
      } else if (watch) {
        stub.watchSessionUsage(
                WatchSessionUsageRequest.newBuilder().setSession(session).setTenant(tenant).build())
            .forEachRemaining(response -> show(response.getUsage()));
      } else {
        show(fetch(stub));
      }
      return 0;
    } finally {
      channel.shutdownNow();
    }
  }

  private void answer(Question asked, UsageServiceGrpc.UsageServiceBlockingStub stub) {
    PrintWriter out = spec.commandLine().getOut();
    var range = new UsageClient.Range(tenant, millis(from), millis(to));
    var questions = new UsageClient(stub, range, new UsageTable(out, csv));
    if (asked.windows != null) {
      questions.windows(asked.windows.wire, by.wire);
    } else if (asked.top != null) {
      questions.top(asked.top.wire, limit);
    } else if (asked.lines) {
      questions.lines(limit);
    } else {
      questions.totals();
    }
    out.flush();
  }

  private static long millis(@Nullable Instant time) {
    return time == null ? 0 : time.toEpochMilli();
  }

  private SessionUsage fetch(UsageServiceGrpc.UsageServiceBlockingStub stub)
      throws InterruptedException {
    var request = GetSessionUsageRequest.newBuilder().setSession(session).setTenant(tenant).build();
    return ScheduledCheck.await(() -> known(stub, request), PERIOD, PATIENCE)
        .orElseGet(() -> stub.getSessionUsage(request).getUsage());
  }

  private static Optional<SessionUsage> known(
      UsageServiceGrpc.UsageServiceBlockingStub stub, GetSessionUsageRequest request) {
    try {
      return Optional.of(stub.getSessionUsage(request).getUsage());
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.NOT_FOUND) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private void show(SessionUsage usage) {
    spec.commandLine()
        .getOut()
        .printf(
            "session %s of tenant %s: %d requests (%d finished, %d failed, %d cancelled), "
                + "%d prompt + %d completion tokens in %d chunks%n",
            usage.getSession(),
            usage.getTenant(),
            usage.getRequests(),
            usage.getFinished(),
            usage.getFailed(),
            usage.getCancelled(),
            usage.getPromptTokens(),
            usage.getCompletionTokens(),
            usage.getChunks());
    spec.commandLine().getOut().flush();
  }
}
