package io.anyserve.metering.query.service;

import io.anyserve.metering.query.PartitionOwners.Address;
import io.anyserve.metering.query.UsageCaller;
import io.anyserve.metering.query.UsageSource;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Connections to the other instances, made at the first question. Thread-safe. */
public final class PeerClients implements AutoCloseable {

  private static final int LARGEST_MESSAGE = 16 << 20;

  private final ConcurrentMap<Address, ManagedChannel> channels = new ConcurrentHashMap<>();

  /** The instance there, asked on the asker's behalf. */
  UsageSource at(Address address, UsageCaller asker) {
    return RemoteUsage.of(channels.computeIfAbsent(address, PeerClients::connect), address, asker);
  }

  private static ManagedChannel connect(Address address) {
    return NettyChannelBuilder.forAddress(address.host(), address.port())
        .usePlaintext()
        .maxInboundMessageSize(LARGEST_MESSAGE)
        .build();
  }

  @Override
  public void close() {
    channels.values().forEach(ManagedChannel::shutdownNow);
  }
}
