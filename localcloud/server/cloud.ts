import { join } from "node:path";
import type { LocalCloudSettings } from "../settings";
import type { Accounts } from "./accounts";
import { limits } from "./limits";
import { AutomatedBackups } from "./rds/backups/automated-backups";
import { RestorableTimes } from "./rds/backups/restorable-time";
import { Clock } from "./clock";
import { AlarmStates } from "./cloudwatch/alarms";
import { CallLog } from "./cloudtrail/call-log";
import { Events } from "./rds/events/events";
import { Instances } from "./rds/instances/instances";
import { Semaphore } from "./rds/instances/semaphore";
import { Maintenance } from "./rds/instances/maintenance";
import { ParameterGroups } from "./rds/parameter-groups/parameter-groups";
import { RecordedResources } from "./recorded/recorded-resources";
import { usersOf } from "./recorded/users";
import { ManagedSecrets } from "./secrets-manager/managed-secrets";
import { Secrets } from "./secrets-manager/secrets";
import { Snapshots } from "./rds/snapshots/snapshots";
import { Store } from "./storage/store";
import { Replication } from "./rds/replicas/replicate";
import { Deployments } from "./rds/blue-green/deployments";
import { EventSubscriptions } from "./rds/events/event-subscriptions";
import { SubnetGroups } from "./rds/subnet-groups/subnet-groups";

/** What every handler works on: the records of one account, and the modules that do the work. */
export class Cloud {
  readonly store: Store;
  readonly clock: Clock;
  readonly events: Events;
  readonly eventSubscriptions: EventSubscriptions;
  readonly parameterGroups: ParameterGroups;
  readonly subnetGroups: SubnetGroups;
  readonly instances: Instances;
  readonly maintenance: Maintenance;
  readonly snapshots: Snapshots;
  readonly backups: AutomatedBackups;
  readonly restorableTimes: RestorableTimes;
  readonly replication: Replication;
  readonly deployments: Deployments;
  readonly recorded: RecordedResources;
  readonly secrets: Secrets;
  readonly managedSecrets: ManagedSecrets;
  readonly alarmStates: AlarmStates;
  readonly calls: CallLog;
  /** Operations on databases that run at the same time, in all accounts. */
  readonly work: Semaphore;
  /** Shuts the server process down cleanly; set by the process. */
  requestStop: () => void = () => undefined;

  /**
   * Some parts are given the unfinished cloud: their constructors may use only its settings and its store.
   * @param recordsFolder of the durable records; journals are next to the collections
   * @param owner the account of the user who started the cloud; undefined for that account itself
   */
  constructor(
    readonly settings: LocalCloudSettings,
    readonly accountId: string,
    readonly accounts: Accounts,
    readonly recordsFolder: string,
    owner?: Cloud,
  ) {
    this.store = new Store(recordsFolder, accountId);
    this.clock = owner?.clock ?? new Clock(this.store);
    this.work = owner?.work ?? new Semaphore(limits.operationsAtOnce);
    this.events = new Events(this.recordsFolder, accountId, this.clock);
    this.eventSubscriptions = new EventSubscriptions(this.store);
    this.parameterGroups = new ParameterGroups(this.store);
    this.subnetGroups = new SubnetGroups(this.store);
    this.instances = new Instances(this, owner && join(owner.instances.servers.databasesFolder, accountId));
    this.maintenance = new Maintenance(this);
    this.snapshots = new Snapshots(this);
    this.backups = new AutomatedBackups(this);
    this.restorableTimes = new RestorableTimes(this);
    this.replication = new Replication(this);
    this.deployments = new Deployments(this);
    this.secrets = new Secrets(this.store, this.clock, {
      keyArn: (key, region) => this.recorded.recordSet.keyArn(key, region),
    });
    this.managedSecrets = new ManagedSecrets(this.secrets, this.clock, (resourceId, username, password) =>
      this.instances.setMasterPassword(resourceId, username, password),
    );
    this.recorded = new RecordedResources(this.store, this.clock, {
      secretExists: (arn) => this.secrets.list().some((secret) => secret.arn === arn),
      usersOf: (type, id) => usersOf(this.store, type, id),
    });
    this.alarmStates = new AlarmStates(this.store, this.clock, this.recorded.recordSet);
    this.calls = new CallLog(this.recordsFolder, this.clock);
  }
}
