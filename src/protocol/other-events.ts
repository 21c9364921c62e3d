/**
 * Events of the API that are not about files, as its pages (`notifications/`) and public clients list them. A signed-in
 * client gets all of them; none is a fault.
 */
export const OTHER_EVENTS: ReadonlySet<string> = new Set(
  `
    NDIDeviceCreated NDIDeviceDeleted NDIStateChanged abReceivedAfterLogin allSlidesCachingStopped
    allSlidesRemoved appSndDevChanged appUpdateAvailable audioCapturerMute
    audioDelayDetectorTestStateChanged audioRendererMute authorizationParametersChanged
    availableServersListLoaded backgroundImageChanged blurChanged broadcastPictureStateChanged
    broadcastSelfieChanged callHistoryCleared cameraStateChangedByConferenceOwner chatMessageSent
    cmdChatClear commandReceived commandSent conferenceCreated conferenceDeleted conferenceList
    contactBlocked contactUnblocked contactsAdded contactsDeleted contactsRenamed cropChanged
    currentSlideIndexChanged currentUserDisplayNameChanged currentUserProfileUrlChanged
    customLogoUsageChanged dataDeleted dataSaved detailsInfo deviceModesDone deviceStatusReceived
    downloadProgress dsStarted dsStopped enableAudioReceivingChanged enableVideoReceivingChanged
    extraVideoFlowNotify fileTransferPinChanged groupChatMessageSent groupsAdded groupsRemoved
    groupsRenamed hangUpPressed hardwareChanged hookOffPressed httpServerSettingChanged
    httpServerStateChanged imageAddedToCachingQueue imageRemovedFromCachingQueue incomingChatMessage
    incomingGroupChatMessage incomingPodiumInvitationRemoved incomingRequestCameraControlAccepted
    incomingRequestCameraControlRejected incomingRequestToPodiumAnswered inviteReceived inviteRequestSent
    inviteSent joinToConferenceLinkReceived lastCallsViewed licenseActivation licenseStatusChanged login
    logoImageChanged logout micStateChangedByConferenceOwner monitorsInfoUpdated myEvent mySlideShowStarted
    mySlideShowStopped mySlideShowTitleChanged newParticipantInConference outgoingBitrateChanged
    outgoingRequestCameraControlAccepted outgoingRequestCameraControlRejected
    outputSelfVideoRotateAngleChanged participantLeftConference peerAccepted propertiesUpdated
    ptzControlsChanged realtimeManagmentUrlAvailabilityChanged realtimeManagmentUrlChanged
    receiversInfoUpdated recordRequest recordRequestReply rejectReceived rejectSent remarkCountDown
    remotelyControlledCameraNotAvailableAnymore requestCameraControlReceived requestCameraControlSent
    requestInviteReceived roleEventOccured serverConnected serverDisconnected settingsChanged
    showCurrentUserWidget showIncomingRequestWidget showInfoConnect showLogo showTime showUpcomingMeetings
    sleepModeChanged slideAdded slideCached slideCachingStarted slidePositionChanged slideRemoved
    slideShowAvailabilityChanged slideShowCleared slideUploaded slidesSorted smartMeetingModeChanged
    stopCalling systemRatingUpdated tariffRestrictionsChanged testAudioCapturerLevel
    testAudioCapturerStateChanged toneDial updateAvatar updateCameraInfo updateFailed userPinEventOccurred
    userRecordingMeStatusChanged usersAddedToGroups usersRemovedFromGroups usersStatusesChanged
    videoCapturerMute videoMatrixChanged videoSlotMovedToMonitor videoSlotRemovedFromMonitor
    waitingRoomStateChanged webManagerUrlChanged windowStateChanged
  `
    .trim()
    .split(/\s+/),
);
