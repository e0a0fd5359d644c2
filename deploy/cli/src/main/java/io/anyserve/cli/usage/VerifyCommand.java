package io.anyserve.cli.usage;

import io.anyserve.audit.AuditReport;
import io.anyserve.audit.LedgerAudit;
import io.anyserve.cli.options.KafkaOptions;
import io.anyserve.cli.options.TimeRangeOptions;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** Counts the token events anew and compares the ledger and its sums with them. */
@Command(
    mixinStandardHelpOptions = true,
    name = "verify",
    description =
        "Count the token events again and compare the ledger and its aggregates; the exit code is"
            + " 1 when they differ.",
    sortOptions = false)
final class VerifyCommand implements Callable<Integer> {

  private static final int DIFFERENT = 1;
  private static final int SHOWN = 20;
  private static final String ROW = "%-12s %12s %12s %14s%n";

  @Spec CommandSpec spec = CommandSpec.create();

  @Mixin TimeRangeOptions range = new TimeRangeOptions();

  @Option(names = "--json", description = "Print JSON, with all differences.")
  boolean json;

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "Seconds to wait for requests in flight (default: ${DEFAULT-VALUE}).")
  int patience;

  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Override
  public Integer call() {
    AuditReport report = report();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(JsonMapper.shared().writeValueAsString(report));
    } else {
      table(report, out);
    }
    out.flush();
    return report.agrees() ? 0 : DIFFERENT;
  }

  private AuditReport report() {
    try (LedgerAudit audit =
        new LedgerAudit(
            kafka.settings(),
            kafka.topics(),
            new LedgerAudit.Range(range.from, range.to),
            InstantSource.system(),
            System::nanoTime)) {
      return audit.audit(Duration.ofSeconds(patience));
    }
  }

  private static void table(AuditReport report, PrintWriter out) {
    out.printf(ROW, "", "compared", "differences", "not compared");
    report
        .rows()
        .forEach(
            row -> out.printf(ROW, row.what(), row.compared(), row.differences(), row.unknown()));
    if (report.repeated() > 0) {
      out.printf("%d lines were written once more and count once%n", report.repeated());
    }
    report.differences().stream().limit(SHOWN).forEach(out::println);
    if (report.differences().size() > SHOWN) {
      out.printf("... and %d more%n", report.differences().size() - SHOWN);
    }
  }
}
