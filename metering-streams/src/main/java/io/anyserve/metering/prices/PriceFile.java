package io.anyserve.metering.prices;

import io.anyserve.contracts.event.PriceBook;
import io.anyserve.contracts.event.PriceBook.Price;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.toml.TomlMapper;

/**
 * A price book as people write it, in TOML.
 *
 * <pre>
 * version = "2026-12"
 * effective-from = 2026-12-01T00:00:00Z
 * currency = "EUR"
 *
 * [price."qwen2.5-0.5b"]
 * prompt = 0.50        # for a million tokens, in the currency
 * completion = 1.50
 * cached = 0.05        # the prompt's price where it is left out
 * request = 0.0001     # for each finished request that used a token; 0 where it is left out
 * </pre>
 */
public final class PriceFile {

  private static final Set<String> KEYS = Set.of("version", "effective-from", "currency", "price");
  private static final Set<String> PRICE_KEYS = Set.of("prompt", "completion", "cached", "request");
  private static final int MOST_MODEL_CHARACTERS = 1_024;

  private final List<String> mistakes = new ArrayList<>();

  private PriceFile() {}

  /** Throws {@link PriceFileException} with every mistake, also where the file cannot be read. */
  public static PriceBook read(Path file) {
    try {
      return parse(Files.readString(file));
    } catch (IOException e) {
      throw new PriceFileException(List.of(file + ": cannot be read (" + e + ")"));
    }
  }

  /** Throws {@link PriceFileException} with every mistake. */
  static PriceBook parse(String toml) {
    PriceFile file = new PriceFile();
    PriceBook book = file.book(tree(toml));
    if (!file.mistakes.isEmpty()) {
      throw new PriceFileException(file.mistakes);
    }
    return book;
  }

  private static ObjectNode tree(String toml) {
    TomlMapper mapper = new TomlMapper();
    try {
      return mapper.readTree(toml) instanceof ObjectNode table ? table : mapper.createObjectNode();
    } catch (JacksonException e) {
      throw new PriceFileException(List.of("not TOML: " + e.getOriginalMessage()));
    }
  }

  private PriceBook book(ObjectNode root) {
    refuseOthers("", root, KEYS);
    PriceFileFields values = new PriceFileFields("", root, mistakes);
    String version = values.version();
    var effectiveFrom = values.time("effective-from");
    String currency = values.currency();
    return new PriceBook(version, effectiveFrom, currency, prices(root.get("price")));
  }

  private Map<String, Price> prices(@org.jspecify.annotations.Nullable JsonNode tables) {
    Map<String, Price> prices = new HashMap<>();
    if (!(tables instanceof ObjectNode models) || models.isEmpty()) {
      mistakes.add(
          "price: none (expected: a table [price.MODEL], or [price.\"*\"] for all others)");
      return prices;
    }
    for (String model : models.propertyNames()) {
      prices.put(model, price(model, models.get(model)));
    }
    return prices;
  }

  private Price price(String model, JsonNode node) {
    String path = "price.\"" + model + "\"";
    if (model.isBlank() || model.length() > MOST_MODEL_CHARACTERS) {
      mistakes.add(
          path + ": a name of " + model.length() + " characters (expected: 1 to 1024, not blank)");
    }
    if (!(node instanceof ObjectNode table)) {
      mistakes.add(path + ": " + node + " (expected: a table)");
      return new Price(0, 0, 0, 0);
    }
    if (table.properties().stream().anyMatch(entry -> entry.getValue() instanceof ObjectNode)) {
      mistakes.add(path + ": holds a table (expected: a model name with dots stands in quotes)");
      return new Price(0, 0, 0, 0);
    }
    refuseOthers(path + ".", table, PRICE_KEYS);
    PriceFileFields values = new PriceFileFields(path + ".", table, mistakes);
    long prompt = values.amount("prompt");
    return new Price(
        prompt,
        values.amount("completion"),
        values.amount("cached", prompt),
        values.amount("request", 0));
  }

  private void refuseOthers(String path, ObjectNode table, Set<String> known) {
    for (String key : table.propertyNames()) {
      if (!known.contains(key)) {
        mistakes.add(path + key + ": unknown (expected: one of " + new TreeSet<>(known) + ")");
      }
    }
  }
}
