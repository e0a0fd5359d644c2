package io.anyserve.contracts.compatibility;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.anyserve.v1.Conversation;
import io.anyserve.v1.DescribeRequest;
import io.anyserve.v1.InferRequest;
import io.anyserve.v1.ListKeysRequest;
import io.anyserve.v1.ListWorkersRequest;
import io.anyserve.v1.ObjectRef;
import io.anyserve.v1.Payload;
import io.anyserve.v1.QuotaEvent;
import io.anyserve.v1.RepublishedRequest;
import io.anyserve.v1.SessionUsage;
import io.anyserve.v1.TokenEvent;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The files, messages, enumerations and services of a version, by their full names. */
record ProtoSchema(
    Map<String, FileDescriptor> files,
    Map<String, Descriptor> messages,
    Map<String, EnumDescriptor> enums,
    Map<String, ServiceDescriptor> services) {

  /** As protoc of this build describes the files in {@code src/main/protobuf}. */
  static ProtoSchema current() {
    return of(
        List.of(
            ListWorkersRequest.getDescriptor().getFile(),
            Conversation.getDescriptor().getFile(),
            DescribeRequest.getDescriptor().getFile(),
            TokenEvent.getDescriptor().getFile(),
            InferRequest.getDescriptor().getFile(),
            ListKeysRequest.getDescriptor().getFile(),
            ObjectRef.getDescriptor().getFile(),
            QuotaEvent.getDescriptor().getFile(),
            RepublishedRequest.getDescriptor().getFile(),
            Payload.getDescriptor().getFile(),
            SessionUsage.getDescriptor().getFile()));
  }

  static ProtoSchema of(FileDescriptorSet set) {
    Map<String, FileDescriptorProto> left = new LinkedHashMap<>();
    set.getFileList().forEach(file -> left.put(file.getName(), file));
    Map<String, FileDescriptor> built = new LinkedHashMap<>();
    set.getFileList().forEach(file -> build(file.getName(), left, built));
    return of(built.values());
  }

  private static FileDescriptor build(
      String name, Map<String, FileDescriptorProto> all, Map<String, FileDescriptor> built) {
    FileDescriptor done = built.get(name);
    if (done != null) {
      return done;
    }
    FileDescriptorProto file = all.get(name);
    if (file == null) {
      throw new IllegalArgumentException("import: " + name + " (expected: a file of the set)");
    }
    FileDescriptor[] imports =
        file.getDependencyList().stream()
            .map(needed -> build(needed, all, built))
            .toArray(FileDescriptor[]::new);
    try {
      FileDescriptor descriptor = FileDescriptor.buildFrom(file, imports);
      built.put(name, descriptor);
      return descriptor;
    } catch (DescriptorValidationException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
  }

  private static ProtoSchema of(Collection<FileDescriptor> files) {
    var schema =
        new ProtoSchema(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
    files.forEach(schema::add);
    return schema;
  }

  private void add(FileDescriptor file) {
    files.put(file.getName(), file);
    file.getMessageTypes().forEach(this::add);
    file.getEnumTypes().forEach(found -> enums.put(found.getFullName(), found));
    file.getServices().forEach(found -> services.put(found.getFullName(), found));
  }

  private void add(Descriptor message) {
    messages.put(message.getFullName(), message);
    message.getNestedTypes().forEach(this::add);
    message.getEnumTypes().forEach(found -> enums.put(found.getFullName(), found));
  }

  /** The message of that name in the package {@code anyserve.v1}. */
  Descriptor message(String name) {
    Descriptor found = messages.get("anyserve.v1." + name);
    if (found == null) {
      throw new IllegalArgumentException("message: " + name + " (expected: one of the schema)");
    }
    return found;
  }

  FileDescriptorSet toSet() {
    var set = FileDescriptorSet.newBuilder();
    files.values().forEach(file -> set.addFile(file.toProto()));
    return set.build();
  }
}
