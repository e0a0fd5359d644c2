package io.anyserve.contracts.codec;

import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.LatencyHistogram;
import io.anyserve.contracts.event.LedgerEntry.Volume;
import io.anyserve.contracts.event.PriceBook;
import io.anyserve.contracts.event.TenantUsage;
import io.anyserve.contracts.event.UsageDimension;
import io.anyserve.contracts.event.UsageDimension.ByKey;
import io.anyserve.contracts.event.UsageDimension.ByModel;
import io.anyserve.contracts.event.UsageDimension.BySession;
import io.anyserve.contracts.event.UsageTotals;
import io.anyserve.contracts.event.UsageWindow;
import io.anyserve.contracts.event.WindowGranularity;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Records of {@code usage.tenants} and {@code usage.windows}, and the values of {@code prices}. */
public final class UsageAggregateCodec {

  private UsageAggregateCodec() {}

  public static byte[] encode(TenantUsage usage) {
    return io.anyserve.v1.TenantUsage.newBuilder()
        .setTenant(usage.tenant().value())
        .setTotals(write(usage.totals()))
        .build()
        .toByteArray();
  }

  /** Throws {@link MalformedRecordException}. */
  public static TenantUsage decodeTenant(byte @Nullable [] bytes) {
    return ProtobufParser.read(
        "tenant usage",
        bytes,
        io.anyserve.v1.TenantUsage.parser(),
        message -> new TenantUsage(new TenantId(message.getTenant()), read(message.getTotals())));
  }

  public static byte[] encode(UsageWindow window) {
    return write(window).toByteArray();
  }

  /** Throws {@link MalformedRecordException}. */
  public static UsageWindow decodeWindow(byte @Nullable [] bytes) {
    return ProtobufParser.read(
        "usage window", bytes, io.anyserve.v1.UsageWindow.parser(), UsageAggregateCodec::read);
  }

  public static io.anyserve.v1.UsageWindow write(UsageWindow window) {
    var message =
        io.anyserve.v1.UsageWindow.newBuilder()
            .setTenant(window.tenant().value())
            .setSize(write(window.size()))
            .setStart(window.start().toEpochMilli())
            .setTotals(write(window.totals()));
    switch (window.series()) {
      case ByModel(String capability, String model) ->
          message.getModelBuilder().setCapability(capability).setModel(model);
      case BySession(SessionId session) -> message.setSession(session.value());
      case ByKey(String apiKey) -> message.setApiKey(apiKey);
    }
    return message.build();
  }

  public static UsageWindow read(io.anyserve.v1.UsageWindow message) {
    return new UsageWindow(
        new TenantId(message.getTenant()),
        read(message.getSize()),
        Instant.ofEpochMilli(message.getStart()),
        series(message),
        read(message.getTotals()));
  }

  private static UsageDimension series(io.anyserve.v1.UsageWindow message) {
    return switch (message.getSeriesCase()) {
      case MODEL -> new ByModel(message.getModel().getCapability(), message.getModel().getModel());
      case SESSION -> new BySession(new SessionId(message.getSession()));
      case API_KEY -> new ByKey(message.getApiKey());
      case SERIES_NOT_SET ->
          throw new IllegalArgumentException("series: not set (expected: model, session or key)");
    };
  }

  public static io.anyserve.v1.WindowSize write(WindowGranularity size) {
    return switch (size) {
      case MINUTE -> io.anyserve.v1.WindowSize.WINDOW_SIZE_MINUTE;
      case HOUR -> io.anyserve.v1.WindowSize.WINDOW_SIZE_HOUR;
      case DAY -> io.anyserve.v1.WindowSize.WINDOW_SIZE_DAY;
    };
  }

  public static WindowGranularity read(io.anyserve.v1.WindowSize size) {
    return switch (size) {
      case WINDOW_SIZE_MINUTE -> WindowGranularity.MINUTE;
      case WINDOW_SIZE_HOUR -> WindowGranularity.HOUR;
      case WINDOW_SIZE_DAY -> WindowGranularity.DAY;
      case WINDOW_SIZE_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("size: " + size + " (expected: minute, hour or day)");
    };
  }

  public static io.anyserve.v1.UsageTotals write(UsageTotals totals) {
    return io.anyserve.v1.UsageTotals.newBuilder()
        .setFinished(totals.finished())
        .setFailed(totals.failed())
        .setCancelled(totals.cancelled())
        .setPromptTokens(totals.usage().prompt())
        .setCompletionTokens(totals.usage().completion())
        .setCachedTokens(totals.usage().cached())
        .setChunks(totals.chunks())
        .setBytesIn(totals.volume().in())
        .setBytesOut(totals.volume().out())
        .setEngineMicros(TimeUnit.MICROSECONDS.convert(totals.engineTime()))
        .setCostMicros(totals.costMicros())
        .setUnpriced(totals.unpriced())
        .addAllFirstTokenCounts(totals.firstToken().counts())
        .addAllDurationCounts(totals.duration().counts())
        .build();
  }

  public static UsageTotals read(io.anyserve.v1.UsageTotals message) {
    return new UsageTotals(
        message.getFinished(),
        message.getFailed(),
        message.getCancelled(),
        new TokenUsage(
            message.getPromptTokens(), message.getCompletionTokens(), message.getCachedTokens()),
        message.getChunks(),
        new Volume(message.getBytesIn(), message.getBytesOut()),
        Duration.of(message.getEngineMicros(), ChronoUnit.MICROS),
        message.getCostMicros(),
        message.getUnpriced(),
        new LatencyHistogram(message.getFirstTokenCountsList()),
        new LatencyHistogram(message.getDurationCountsList()));
  }

  public static byte[] encode(PriceBook book) {
    var message =
        io.anyserve.v1.PriceBook.newBuilder()
            .setVersion(book.version())
            .setEffectiveFrom(book.effectiveFrom().toEpochMilli())
            .setCurrency(book.currency());
    book.prices()
        .forEach(
            (model, price) ->
                message
                    .addPricesBuilder()
                    .setModel(model)
                    .setPromptMicros(price.prompt())
                    .setCompletionMicros(price.completion())
                    .setCachedMicros(price.cached())
                    .setRequestMicros(price.request()));
    return message.build().toByteArray();
  }

  /** Throws {@link MalformedRecordException}. */
  static PriceBook decodePrices(byte @Nullable [] bytes) {
    return ProtobufParser.read(
        "price book", bytes, io.anyserve.v1.PriceBook.parser(), UsageAggregateCodec::read);
  }

  private static PriceBook read(io.anyserve.v1.PriceBook message) {
    Map<String, PriceBook.Price> prices = new HashMap<>();
    for (io.anyserve.v1.ModelPrice price : message.getPricesList()) {
      prices.put(
          price.getModel(),
          new PriceBook.Price(
              price.getPromptMicros(),
              price.getCompletionMicros(),
              price.getCachedMicros(),
              price.getRequestMicros()));
    }
    return new PriceBook(
        message.getVersion(),
        Instant.ofEpochMilli(message.getEffectiveFrom()),
        message.getCurrency(),
        prices);
  }
}
