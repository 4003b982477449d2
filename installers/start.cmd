@echo off
rem Set up what is missing and start Zhikao with the arguments of main.py; --setup-only stops after the set-up.
setlocal
chcp 65001 >nul
set "ROOT=%~dp0.."
set "VENV_PYTHON=%ROOT%\.venv\Scripts\python.exe"
set "PYTHONUTF8=1"

rem The commands of the association's server need packages of its own.
set "KIND="
for %%A in (%*) do if "%%~A"=="hub" set "KIND=--hub"

if exist "%VENV_PYTHON%" (
  "%VENV_PYTHON%" -I -S "%ROOT%\installers\prepare.py" --check %KIND% 2>nul && goto ready
)

set "BASE_PYTHON="
for %%V in (3 3.13 3.12 3.11) do (
  if not defined BASE_PYTHON (
    py -%%V -c "import sys, venv; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && set "BASE_PYTHON=py -%%V"
  )
)
if not defined BASE_PYTHON (
  python -c "import sys, venv; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && set "BASE_PYTHON=python"
)
if not defined BASE_PYTHON (
  echo 没有找到 Python 3.11 或更新的版本，请先安装。 Python 3.11 or newer was not found; please install it first. 1>&2
  exit /b 3
)
%BASE_PYTHON% "%ROOT%\installers\prepare.py" %KIND% <nul || exit /b

:ready
if "%~1"=="--setup-only" exit /b 0
"%VENV_PYTHON%" "%ROOT%\main.py" %*
exit /b %ERRORLEVEL%
