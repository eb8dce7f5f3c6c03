#!/usr/bin/env bash
# Runs the soaks for as many minutes each as asked (60 by default, and never shorter than a million passes, a million steps and 120 schedules): passes of mixed
# shapes in constant memory, random programs, random schedules.
set -euo pipefail
cd "$(dirname "$0")/.."
export WORKSPACES_SOAK_MINUTES="${1:-60}" DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet build -c Release tests/Workspaces.Tests
# A filter of the command line narrows the one of the settings: so each kind has its own.
soak() {
  dotnet test -c Release --no-build tests/Workspaces.Tests --settings "tests/Workspaces.Tests/$1.runsettings" --filter "FullyQualifiedName~$2" \
    --logger "console;verbosity=detailed" -- RunConfiguration.TestSessionTimeout=0
}
soak slow SoakTests
soak long RandomPrograms.RandomProgramTests
soak long RandomScheduleTests
