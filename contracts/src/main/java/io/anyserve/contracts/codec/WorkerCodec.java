package io.anyserve.contracts.codec;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.event.CapabilityOffer;
import io.anyserve.contracts.event.CapabilityRoute;
import io.anyserve.contracts.event.ControlCommand;
import io.anyserve.contracts.event.ControlCommand.Cancel;
import io.anyserve.contracts.event.ControlCommand.Drain;
import io.anyserve.contracts.event.ControlCommand.Load;
import io.anyserve.contracts.event.ControlCommand.Unload;
import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.v1.AdoptCommand;
import io.anyserve.v1.CancelCommand;
import io.anyserve.v1.DrainCommand;
import io.anyserve.v1.LoadCommand;
import io.anyserve.v1.UnloadCommand;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Records of {@code workers}, {@code control} and {@code capabilities}. */
public final class WorkerCodec {

  private WorkerCodec() {}

  public static byte[] encode(WorkerHeartbeat heartbeat) {
    return message(heartbeat).toByteArray();
  }

  /** As a part of other messages. */
  public static io.anyserve.v1.WorkerHeartbeat message(WorkerHeartbeat heartbeat) {
    var message =
        io.anyserve.v1.WorkerHeartbeat.newBuilder()
            .setWorker(heartbeat.worker().value())
            .setState(EnumCodec.write(heartbeat.state()))
            .setRunning(heartbeat.running())
            .setAnnouncedAt(heartbeat.announcedAt().toEpochMilli())
            .setExpiresAfter((int) heartbeat.expiresAfter().toMillis());
    heartbeat.capabilities().forEach(offered -> message.addCapabilities(write(offered)));
    return message.build();
  }

  /** Throws {@link MalformedRecordException}. */
  public static WorkerHeartbeat decodeHeartbeat(byte @Nullable [] bytes) {
    return ProtobufParser.read(
        "heartbeat", bytes, io.anyserve.v1.WorkerHeartbeat.parser(), WorkerCodec::heartbeat);
  }

  /** Throws an IllegalArgumentException naming what is wrong. */
  public static WorkerHeartbeat heartbeat(io.anyserve.v1.WorkerHeartbeat message) {
    return new WorkerHeartbeat(
        new WorkerId(message.getWorker()),
        message.getCapabilitiesList().stream().map(WorkerCodec::read).toList(),
        EnumCodec.read(message.getState()),
        message.getRunning(),
        Instant.ofEpochMilli(message.getAnnouncedAt()),
        Duration.ofMillis(message.getExpiresAfter()));
  }

  /** As the public API shows it. */
  public static io.anyserve.v1.WorkerStatus status(WorkerHeartbeat heartbeat) {
    var message =
        io.anyserve.v1.WorkerStatus.newBuilder()
            .setId(heartbeat.worker().value())
            .setState(EnumCodec.write(heartbeat.state()))
            .setRunning(heartbeat.running())
            .setAnnouncedAt(heartbeat.announcedAt().toEpochMilli());
    heartbeat.capabilities().forEach(offered -> message.addCapabilities(write(offered)));
    return message.build();
  }

  public static byte[] encode(ControlCommand command) {
    var message = io.anyserve.v1.ControlCommand.newBuilder();
    switch (command) {
      case Cancel cancel ->
          message.setCancel(
              CancelCommand.newBuilder()
                  .setRequestId(ByteString.copyFrom(cancel.request().bytes()))
                  .setReason(EnumCodec.write(cancel.reason())));
      case Drain drain ->
          message.setDrain(DrainCommand.newBuilder().setWorker(drain.worker().value()));
      case Load load ->
          message.setLoad(
              LoadCommand.newBuilder()
                  .setWorker(load.worker().value())
                  .setCapability(load.capability().value()));
      case Unload unload ->
          message.setUnload(
              UnloadCommand.newBuilder()
                  .setWorker(unload.worker().value())
                  .setCapability(unload.capability().value()));
      case ControlCommand.TakeOverStream adopt ->
          message.setAdopt(
              AdoptCommand.newBuilder()
                  .setRequestId(ByteString.copyFrom(adopt.request().bytes()))
                  .setIngress(adopt.ingress()));
    }
    return message.build().toByteArray();
  }

  /** Throws {@link MalformedRecordException}. */
  public static ControlCommand decodeCommand(byte @Nullable [] bytes) {
    return ProtobufParser.read(
        "control command", bytes, io.anyserve.v1.ControlCommand.parser(), WorkerCodec::read);
  }

  public static byte[] encode(CapabilityRoute route) {
    var message =
        io.anyserve.v1.CapabilityRoute.newBuilder().setCapability(route.capability().value());
    route.aliasOf().ifPresent(target -> message.setAliasOf(target.value()));
    route.fallbacks().forEach(fallback -> message.addFallbacks(fallback.value()));
    return message.build().toByteArray();
  }

  /** Throws {@link MalformedRecordException}. */
  public static CapabilityRoute decodeRoute(byte @Nullable [] bytes) {
    return ProtobufParser.read(
        "capability route",
        bytes,
        io.anyserve.v1.CapabilityRoute.parser(),
        message ->
            new CapabilityRoute(
                new Capability(message.getCapability()),
                Optional.of(message.getAliasOf())
                    .filter(name -> !name.isEmpty())
                    .map(Capability::new),
                message.getFallbacksList().stream().map(Capability::new).toList()));
  }

  private static ControlCommand read(io.anyserve.v1.ControlCommand message) {
    return switch (message.getCommandCase()) {
      case CANCEL ->
          new Cancel(
              RequestId.of(message.getCancel().getRequestId().toByteArray()),
              EnumCodec.read(message.getCancel().getReason()));
      case DRAIN -> new Drain(new WorkerId(message.getDrain().getWorker()));
      case LOAD ->
          new Load(
              new WorkerId(message.getLoad().getWorker()),
              new Capability(message.getLoad().getCapability()));
      case UNLOAD ->
          new Unload(
              new WorkerId(message.getUnload().getWorker()),
              new Capability(message.getUnload().getCapability()));
      case ADOPT ->
          new ControlCommand.TakeOverStream(
              RequestId.of(message.getAdopt().getRequestId().toByteArray()),
              message.getAdopt().getIngress());
      case COMMAND_NOT_SET -> throw ProtobufParser.unset("command");
    };
  }

  private static io.anyserve.v1.OfferedCapability write(CapabilityOffer offered) {
    return io.anyserve.v1.OfferedCapability.newBuilder()
        .setName(offered.name().value())
        .setEngine(offered.engine())
        .setModel(offered.model())
        .setSlots(offered.slots())
        .setLoaded(offered.loaded())
        .setContextLength(offered.contextLength())
        .setPrecision(offered.precision())
        .setPrecisionReason(offered.precisionReason())
        .setEmbeddingDimensions(offered.embeddingDimensions())
        .setToolCalls(offered.toolCalls())
        .setReasoning(offered.reasoning())
        .setVision(offered.vision())
        .setScoresPairs(offered.scoresPairs())
        .build();
  }

  private static CapabilityOffer read(io.anyserve.v1.OfferedCapability message) {
    return new CapabilityOffer(
        new Capability(message.getName()),
        message.getEngine(),
        message.getModel(),
        message.getSlots(),
        message.getLoaded(),
        message.getContextLength(),
        message.getPrecision(),
        message.getPrecisionReason(),
        message.getEmbeddingDimensions(),
        message.getToolCalls(),
        message.getReasoning(),
        message.getVision(),
        message.getScoresPairs());
  }
}
