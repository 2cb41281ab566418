import { startSimulated, startSimulatedOpenStack, startSimulatedPowerVs } from '../gateway/simulated.js';
import { createLog } from '../telemetry/index.js';
import { announce, EXIT, type Io } from './io.js';
import { printed, settingsFor, type Given } from './options.js';
import { startFailed } from './serve.js';
import {
  openStackSimulatorNotice,
  powerVsEnvironment,
  powerVsSimulatorNotice,
  simulatorEnvironment,
  simulatorNotice,
} from './welcome.js';

/**
 * `simulate`: runs the simulated PowerVC, OpenStack or Power Virtual Server, until it is told to stop. Returns the exit
 * code.
 */
export async function simulate(given: Given, io: Io): Promise<number> {
  const effective = settingsFor('simulate', given, io);
  if (given['printConfig'] === true) {
    io.stdout.write(printed(effective));
    return EXIT.ok;
  }
  const { simulator: settings, log: logSettings } = effective.settings;
  const stopped = { reached: io.untilStopped() };
  // With --print-env the output is shell code, which is read while this runs
  const log = createLog(logSettings, given['printEnv'] === true ? io.stderr : io.stdout);
  const close = await start();
  await stopped.reached;
  await close();
  await log.close();
  return EXIT.ok;

  function tell(text: string, variables: string, { url }: { readonly url: string }): void {
    if (given['printEnv'] === true) announce(io, variables);
    else if (logSettings.format === 'json') log.info('the simulator listens', { url });
    else announce(io, text);
  }

  async function start(): Promise<() => Promise<void>> {
    if (effective.settings.backend.kind === 'powervs') {
      const powerVs = await startSimulatedPowerVs(settings, settings, log).catch(startFailed);
      tell(powerVsSimulatorNotice(powerVs.simulator), powerVsEnvironment(powerVs.simulator), powerVs.simulator);
      return powerVs.close;
    }
    const plain = effective.settings.backend.kind === 'openstack';
    const { simulator, close } = await (plain ? startSimulatedOpenStack : startSimulated)(
      settings,
      settings,
      log,
      'record',
    ).catch(startFailed);
    tell(
      plain ? openStackSimulatorNotice(simulator) : simulatorNotice(simulator),
      simulatorEnvironment(simulator, plain ? 'openstack' : 'powervc'),
      simulator,
    );
    return close;
  }
}
