package io.anyserve.cli.usage;

import io.anyserve.cli.options.KafkaOptions;
import io.anyserve.cli.options.TimeRangeOptions;
import io.anyserve.contracts.event.PriceSchedule;
import io.anyserve.metering.prices.PriceFile;
import io.anyserve.metering.prices.PriceFileException;
import io.anyserve.metering.prices.PriceTopic;
import io.anyserve.metering.prices.Rerating;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Shows what the ledger's lines would cost by the price books as they are now. */
@Command(
    mixinStandardHelpOptions = true,
    name = "rerate",
    description = "Show what requests would cost with the current price books.",
    sortOptions = false)
final class RerateCommand implements Callable<Integer> {

  private static final String ROW = "%-24s %-32s %10s %10s %18s %18s %18s%n";

  @Spec CommandSpec spec = CommandSpec.create();

  @Mixin TimeRangeOptions range = new TimeRangeOptions();

  @Option(names = "--tenant", description = "Only requests of this tenant.")
  @Nullable String tenant;

  @Option(
      names = "--prices",
      paramLabel = "FILE",
      description = "Price book in TOML to apply as if it were set.")
  @Nullable Path file;

  @Option(names = "--json", description = "Print JSON, with amounts in millionths of the currency.")
  boolean json;

  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    PriceSchedule schedule = new PriceTopic(kafka.settings(), kafka.topics()).read(err::println);
    try {
      schedule = file == null ? schedule : schedule.with(PriceFile.read(file));
    } catch (PriceFileException e) {
      err.println(file + ":\n" + e.getMessage());
      return 2;
    }
    Rerating rerating = new Rerating(schedule);
    try (CommittedLedger lines = new CommittedLedger(kafka)) {
      lines.read(
          range.from,
          entry -> {
            boolean asked = tenant == null || entry.context().tenant().value().equals(tenant);
            if (asked && range.contains(entry.times().endedAt())) {
              rerating.add(entry);
            }
          },
          err::println);
    }
    show(rerating);
    return 0;
  }

  private void show(Rerating rerating) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(json(rerating));
    } else {
      out.printf(ROW, "tenant", "model", "lines", "changed", "old cost", "new cost", "difference");
      rerating.rows().forEach((group, row) -> row(out, group.tenant().value(), group.model(), row));
      row(out, "all", "", rerating.total());
    }
    out.flush();
  }

  private static void row(PrintWriter out, String tenant, String model, Rerating.Row row) {
    out.printf(
        ROW,
        tenant,
        model.isEmpty() ? "-" : model,
        row.entries(),
        row.changed(),
        CurrencyFormat.column(row.before()),
        CurrencyFormat.column(row.after()),
        CurrencyFormat.column(row.difference()));
  }

  private static String json(Rerating rerating) {
    JsonMapper mapper = JsonMapper.shared();
    ObjectNode root = mapper.createObjectNode();
    var rows = root.putArray("rows");
    rerating
        .rows()
        .forEach(
            (group, row) ->
                put(
                    rows.addObject()
                        .put("tenant", group.tenant().value())
                        .put("model", group.model()),
                    row));
    put(root.putObject("total"), rerating.total());
    return mapper.writeValueAsString(root);
  }

  private static void put(ObjectNode node, Rerating.Row row) {
    node.put("lines", row.entries())
        .put("changed", row.changed())
        .put("unpriced", row.unpriced())
        .put("old_cost_micros", row.before())
        .put("new_cost_micros", row.after())
        .put("difference_micros", row.difference());
  }
}
