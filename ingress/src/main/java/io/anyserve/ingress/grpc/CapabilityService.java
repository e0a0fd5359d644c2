package io.anyserve.ingress.grpc;

import io.anyserve.contracts.event.OfferedCapability;
import io.anyserve.contracts.event.WorkerAnnouncement;
import io.anyserve.contracts.registry.WorkerRegistry;
import io.anyserve.contracts.wire.WorkerWire;
import io.anyserve.v1.CapabilityServiceGrpc.CapabilityServiceImplBase;
import io.anyserve.v1.CapabilityStatus;
import io.anyserve.v1.ListCapabilitiesRequest;
import io.anyserve.v1.ListCapabilitiesResponse;
import io.anyserve.v1.ListWorkersRequest;
import io.anyserve.v1.ListWorkersResponse;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What live workers offer, out of the registry. */
public final class CapabilityService extends CapabilityServiceImplBase {

  private final WorkerRegistry registry;

  public CapabilityService(WorkerRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void listCapabilities(
      ListCapabilitiesRequest request, StreamObserver<ListCapabilitiesResponse> observer) {
    Map<String, List<OfferedCapability>> offers =
        registry.live().stream()
            .flatMap(worker -> worker.capabilities().stream())
            .collect(
                Collectors.groupingBy(
                    offered -> offered.name().value(), TreeMap::new, Collectors.toList()));
    var response = ListCapabilitiesResponse.newBuilder();
    offers.forEach((name, offered) -> response.addCapabilities(status(name, offered)));
    observer.onNext(response.build());
    observer.onCompleted();
  }

  private static CapabilityStatus status(String name, List<OfferedCapability> offered) {
    return CapabilityStatus.newBuilder()
        .setName(name)
        .addAllModels(offered.stream().map(OfferedCapability::model).distinct().sorted().toList())
        .setLiveWorkers(offered.size())
        .setSlots(offered.stream().mapToInt(OfferedCapability::slots).sum())
        .build();
  }

  @Override
  public void listWorkers(
      ListWorkersRequest request, StreamObserver<ListWorkersResponse> observer) {
    var response = ListWorkersResponse.newBuilder();
    for (WorkerAnnouncement worker : registry.live()) {
      response.addWorkers(WorkerWire.status(worker));
    }
    observer.onNext(response.build());
    observer.onCompleted();
  }
}
