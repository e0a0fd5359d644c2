package io.anyserve.ingress.grpc;

import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.CapabilityOffer;
import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.runtime.kafka.WorkerRegistry;
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
    Map<String, List<CapabilityOffer>> offers =
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

  private static CapabilityStatus status(String name, List<CapabilityOffer> offered) {
    return CapabilityStatus.newBuilder()
        .setName(name)
        .addAllModels(offered.stream().map(CapabilityOffer::model).distinct().sorted().toList())
        .setLiveWorkers(offered.size())
        .setSlots(offered.stream().mapToInt(CapabilityOffer::slots).sum())
        .build();
  }

  @Override
  public void listWorkers(
      ListWorkersRequest request, StreamObserver<ListWorkersResponse> observer) {
    var response = ListWorkersResponse.newBuilder();
    for (WorkerHeartbeat worker : registry.live()) {
      response.addWorkers(WorkerCodec.status(worker));
    }
    observer.onNext(response.build());
    observer.onCompleted();
  }
}
