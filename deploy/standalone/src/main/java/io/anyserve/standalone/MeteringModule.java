package io.anyserve.standalone;

import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.PriceBook;
import io.anyserve.contracts.topic.TenantPartition;
import io.anyserve.metering.Metering;
import io.anyserve.metering.MeteringConfig;
import io.anyserve.metering.MeteringHooks;
import io.anyserve.metering.Settlements.Settlement;
import io.anyserve.metering.api.UsageApi;
import io.anyserve.metering.export.Export;
import io.anyserve.metering.export.ExportConfig;
import io.anyserve.metering.prices.PriceBookCache;
import io.anyserve.metering.query.service.QuotaReport;
import io.anyserve.metering.query.service.StreamsPartitionOwners;
import io.anyserve.quota.LimitStatus;
import io.anyserve.quota.QuotaCodec;
import io.anyserve.quota.QuotaReplica;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.auth.ApiKeys;
import io.grpc.BindableService;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;

/** Metering with its prices and quotas, what it answers, and what it sends on. */
final class MeteringModule {

  private final InstantSource clock;
  private final PriceBookCache prices;
  private final QuotaReplica quotas;
  private final Metering metering;
  private final UsageApi usage;
  private final Export export;

  MeteringModule(
      MeteringConfig settings,
      ExportConfig exportSettings,
      MeterRegistry registry,
      InstantSource clock) {
    this.clock = clock;
    this.prices = new PriceBookCache(settings.kafka(), settings.topics(), registry);
    this.quotas =
        new QuotaReplica(
            settings.kafka(), settings.topics(), "metering-quotas", Duration.ZERO, _ -> {});
    this.metering =
        new Metering(
            settings,
            registry,
            clock,
            MeteringHooks.NONE.with(prices).with(MeteringModule::settlement));
    this.usage = api(settings);
    this.export = new Export(exportSettings, settings, registry, clock, System::nanoTime);
  }

  private UsageApi api(MeteringConfig settings) {
    return new UsageApi(
        new UsageApi.Sources(
            metering,
            new StreamsPartitionOwners(metering, settings.server()),
            (tenant, count) -> List.of(TenantPartition.of(tenant, count)),
            this::report,
            () -> prices.schedule().at(clock.instant()).map(PriceBook::currency)),
        settings.kafka(),
        settings.topics(),
        settings.retention(),
        clock);
  }

  private static Optional<Settlement> settlement(LedgerEntry entry) {
    return QuotaCodec.settle(entry)
        .map(
            settle ->
                new Settlement(
                    Bytes.wrap(QuotaCodec.key(settle.tenant())),
                    Bytes.wrap(QuotaCodec.encode(settle)),
                    settle.tenant()));
  }

  private List<QuotaReport.Row> report(TenantId tenant) {
    return quotas.view(tenant, clock.instant()).limits().stream().map(MeteringModule::row).toList();
  }

  private static QuotaReport.Row row(LimitStatus state) {
    return new QuotaReport.Row(
        state.scope().toString(),
        name(state.limit().unit()),
        name(state.limit().period()),
        state.limit().amount(),
        state.used(),
        state.reserved(),
        state.left(),
        state.resetsAt());
  }

  private static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** In the order in which they start. */
  List<Component> components() {
    return List.of(prices, quotas, metering, usage, export);
  }

  /** For any gRPC server that checks keys. */
  BindableService service() {
    return usage.service();
  }

  /** Usage over HTTP, and the page. */
  Component http(InetSocketAddress address, ApiKeys keys) {
    return usage.http(address, keys);
  }
}
