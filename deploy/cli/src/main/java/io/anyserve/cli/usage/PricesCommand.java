package io.anyserve.cli.usage;

import io.anyserve.cli.options.KafkaOptions;
import io.anyserve.contracts.event.PriceBook;
import io.anyserve.contracts.event.PriceSchedule;
import io.anyserve.metering.prices.BookChange;
import io.anyserve.metering.prices.BookChange.Objection;
import io.anyserve.metering.prices.PriceFile;
import io.anyserve.metering.prices.PriceFileException;
import io.anyserve.metering.prices.PriceTopic;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Sets and shows the price books. */
@Command(
    mixinStandardHelpOptions = true,
    name = "prices",
    description = "Set and show price books: prices of tokens with an effective time.",
    sortOptions = false)
public final class PricesCommand {

  private static final int REFUSED = 1;
  private static final int MISTAKES = 2;

  @Spec CommandSpec spec = CommandSpec.create();

  @Command(mixinStandardHelpOptions = true, description = "Add or replace a price book.")
  int set(
      @Parameters(paramLabel = "FILE", description = "Price book in TOML.") Path file,
      @Option(names = "--allow-unpriced", description = "Accept that a model loses its price.")
          boolean allowGap,
      @Option(
              names = "--force",
              description = "Replace a price book that has already charged requests.")
          boolean force,
      @Option(names = "--dry-run", description = "Print what would change, and write nothing.")
          boolean dryRun,
      @Mixin KafkaOptions kafka)
      throws InterruptedException {
    PriceBook book;
    try {
      book = PriceFile.read(file);
    } catch (PriceFileException e) {
      err(file + ":\n" + e.getMessage() + "\nNothing was set.");
      return MISTAKES;
    }
    PriceTopic topic = new PriceTopic(kafka.settings(), kafka.topics());
    BookChange change = new BookChange(topic.read(this::err), book, Instant.now());
    if (refused(change, allowGap, force)) {
      return REFUSED;
    }
    if (!dryRun && !change.nothing()) {
      topic.write(book);
    }
    said(change, dryRun);
    return 0;
  }

  /** Says all that speaks against it, also what is allowed. */
  private boolean refused(BookChange change, boolean allowGap, boolean force) {
    boolean refused = false;
    for (Objection objection : change.objections()) {
      Optional<String> way =
          switch (objection.kind()) {
            case CURRENCY, OVERLAP -> Optional.of("");
            case GAP -> allowGap ? Optional.empty() : Optional.of("; --allow-unpriced allows it");
            case IN_EFFECT ->
                force ? Optional.empty() : Optional.of("; --force does it all the same");
          };
      err((way.isEmpty() ? "warning: " : "") + objection.what() + way.orElse(""));
      refused |= way.isPresent();
    }
    if (refused) {
      err("Nothing was set.");
    }
    return refused;
  }

  private void said(BookChange change, boolean dryRun) {
    PriceBook book = change.book();
    String what = dryRun ? "would be set" : "is set";
    out(
        "book %s %s: %d prices from %s on%n"
            .formatted(
                book.version(),
                change.nothing() ? "is there already" : what,
                book.prices().size(),
                book.effectiveFrom()));
    if (change.backdated() && !change.nothing()) {
      err(
          "warning: requests that ended since "
              + book.effectiveFrom()
              + " keep their cost; `anyserve usage rerate` shows the difference");
    }
  }

  @Command(mixinStandardHelpOptions = true, description = "List all price books by effective time.")
  int list(@Mixin KafkaOptions kafka) {
    PriceSchedule schedule = new PriceTopic(kafka.settings(), kafka.topics()).read(this::err);
    Optional<PriceBook> now = schedule.at(Instant.now());
    for (PriceBook book : schedule.books()) {
      out(
          "%s %-24s from %s  %s, %d prices%n"
              .formatted(
                  now.filter(book::equals).isPresent() ? "*" : " ",
                  book.version(),
                  book.effectiveFrom(),
                  book.currency(),
                  book.prices().size()));
    }
    if (schedule.books().isEmpty()) {
      out("no price books%n".formatted());
    }
    return 0;
  }

  @Command(mixinStandardHelpOptions = true, description = "Print a price book as TOML.")
  int show(@Parameters(paramLabel = "VERSION") String version, @Mixin KafkaOptions kafka) {
    PriceSchedule schedule = new PriceTopic(kafka.settings(), kafka.topics()).read(this::err);
    Optional<PriceBook> book = schedule.find(version);
    if (book.isEmpty()) {
      List<String> versions = schedule.books().stream().map(PriceBook::version).toList();
      err("VERSION: " + version + " (expected: one of " + versions + ")");
      return REFUSED;
    }
    show(book.get());
    return 0;
  }

  private void show(PriceBook book) {
    out(
        "version = \"%s\"%neffective-from = %s%ncurrency = \"%s\"%n"
            .formatted(book.version(), book.effectiveFrom(), book.currency()));
    new TreeMap<>(book.prices())
        .forEach(
            (model, price) ->
                out(
                    "%n[price.%s]%nprompt = %s%ncompletion = %s%ncached = %s%nrequest = %s%n"
                        .formatted(
                            quoted(model),
                            CurrencyFormat.plain(price.prompt()),
                            CurrencyFormat.plain(price.completion()),
                            CurrencyFormat.plain(price.cached()),
                            CurrencyFormat.plain(price.request()))));
  }

  /** A TOML string. */
  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private void out(String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.print(text);
    out.flush();
  }

  private void err(String line) {
    spec.commandLine().getErr().println(line);
  }
}
