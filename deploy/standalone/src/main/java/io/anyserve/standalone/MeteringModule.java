package io.anyserve.standalone;

import io.anyserve.contracts.event.PriceBook;
import io.anyserve.contracts.topic.TenantPartition;
import io.anyserve.metering.BillingServices;
import io.anyserve.metering.Metering;
import io.anyserve.metering.MeteringConfig;
import io.anyserve.metering.api.UsageApi;
import io.anyserve.metering.export.Export;
import io.anyserve.metering.export.ExportConfig;
import io.anyserve.metering.http.ChatLink;
import io.anyserve.metering.http.PageContext;
import io.anyserve.metering.prices.PriceBookCache;
import io.anyserve.metering.query.service.StreamsPartitionOwners;
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
import java.util.Optional;

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
      Optional<ChatLink> chat,
      MeterRegistry registry,
      InstantSource clock) {
    this.clock = clock;
    this.prices = new PriceBookCache(settings.kafka(), settings.topics(), registry);
    this.quotas =
        new QuotaReplica(
            settings.kafka(), settings.topics(), "metering-quotas", Duration.ZERO, _ -> {});
    this.metering =
        new Metering(
            settings, registry, clock, BillingServices.NONE.with(prices).with(QuotaCodec::settle));
    this.usage = api(settings, chat);
    this.export = new Export(exportSettings, settings, registry, clock, System::nanoTime);
  }

  private UsageApi api(MeteringConfig settings, Optional<ChatLink> chat) {
    return new UsageApi(
        new UsageApi.Sources(
            metering,
            new StreamsPartitionOwners(metering, settings.server()),
            (tenant, count) -> List.of(TenantPartition.of(tenant, count)),
            tenant -> quotas.view(tenant, clock.instant()).limits(),
            new PageContext(
                () -> prices.schedule().at(clock.instant()).map(PriceBook::currency), chat)),
        settings.kafka(),
        settings.topics(),
        settings.retention(),
        clock);
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
